"""Small replies in Gemini's format, written from its protocol page."""

from typing import Any

USAGE = {"promptTokenCount": 9, "candidatesTokenCount": 3, "thoughtsTokenCount": 4, "totalTokenCount": 16}


def text(said: str, **more: Any) -> dict[str, Any]:
    return {"text": said, **more}


def thought(said: str) -> dict[str, Any]:
    return {"text": said, "thought": True}


def call(name: str, signature: str | None = None, **arguments: Any) -> dict[str, Any]:
    marked = {} if signature is None else {"thoughtSignature": signature}
    return {"functionCall": {"name": name, "args": arguments}, **marked}


def reply(*parts: dict[str, Any], stop: str | None = "STOP", usage: bool = True, **more: Any) -> dict[str, Any]:
    """A whole answer, or one event of a stream: `stop` is None in all but the last."""
    candidate: dict[str, Any] = {"content": {"parts": list(parts), "role": "model"}, "index": 0}
    if stop is not None:
        candidate["finishReason"] = stop
    counts = {"usageMetadata": USAGE} if usage else {}
    return {"candidates": [candidate | more], **counts, "modelVersion": "gemini-m", "responseId": "resp-1"}


def stream(*events: list[dict[str, Any]], stop: str = "STOP") -> list[dict[str, Any]]:
    """One event for each list of parts, and a last one with the reason to stop."""
    return [*(reply(*parts, stop=None, usage=False) for parts in events), reply(text(""), stop=stop)]


def error(code: int, message: str, status: str, *details: dict[str, Any]) -> dict[str, Any]:
    more = {"details": list(details)} if details else {}
    return {"error": {"code": code, "message": message, "status": status, **more}}


def rpc(name: str, **members: Any) -> dict[str, Any]:
    return {"@type": f"type.googleapis.com/google.rpc.{name}", **members}
