"""Small replies in Anthropic's format, written from its protocol page."""

from typing import Any

import orjson

USAGE = {
    "input_tokens": 9,
    "cache_creation_input_tokens": 4,
    "cache_read_input_tokens": 5,
    "cache_creation": {"ephemeral_5m_input_tokens": 1, "ephemeral_1h_input_tokens": 3},
    "output_tokens": 3,
}
STOP = {"type": "message_stop"}
PING = {"type": "ping"}


def request(model: str, text: str = "Hello", **more: Any) -> dict[str, Any]:
    return {"model": model, "max_tokens": 1000, "messages": [{"role": "user", "content": text}], **more}


def text(said: str) -> dict[str, Any]:
    return {"type": "text", "text": said}


def tool_use(call_id: str, name: str, **arguments: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def tool_result(call_id: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": call_id, "content": content, **more}


def message(*content: dict[str, Any], stop: str = "end_turn", **more: Any) -> dict[str, Any]:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": list(content) or [text("Hi there")],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": USAGE,
        **more,
    }


def start() -> dict[str, Any]:
    begun = {**message(), "content": [], "stop_reason": None, "usage": {**USAGE, "output_tokens": 1}}
    return {"type": "message_start", "message": begun}


def block(index: int, begun: dict[str, Any], *deltas: dict[str, Any]) -> list[dict[str, Any]]:
    """One content block's events."""
    return [
        {"type": "content_block_start", "index": index, "content_block": begun},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def text_block(index: int, *words: str) -> list[dict[str, Any]]:
    return block(index, text(""), *({"type": "text_delta", "text": word} for word in words))


def tool_block(index: int, call_id: str, name: str, *pieces: str) -> list[dict[str, Any]]:
    return block(index, tool_use(call_id, name), *({"type": "input_json_delta", "partial_json": piece} for piece in pieces))


def thinking_block(index: int, signature: str, *words: str) -> list[dict[str, Any]]:
    deltas = [{"type": "thinking_delta", "thinking": word} for word in words]
    begun = {"type": "thinking", "thinking": "", "signature": ""}
    return block(index, begun, *deltas, {"type": "signature_delta", "signature": signature})


def end(stop: str = "end_turn") -> list[dict[str, Any]]:
    delta = {"stop_reason": stop, "stop_sequence": None}
    return [{"type": "message_delta", "delta": delta, "usage": {"output_tokens": 3}}, STOP]


def stream(*blocks: list[dict[str, Any]], stop: str = "end_turn") -> list[bytes]:
    """A whole stream, each event named."""
    return [sse(event) for event in [start(), *(event for each in blocks for event in each), *end(stop)]]


def sse(event: dict[str, Any]) -> bytes:
    return b"event: " + event["type"].encode() + b"\ndata: " + orjson.dumps(event) + b"\n\n"


def error(kind: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_vendor"}
