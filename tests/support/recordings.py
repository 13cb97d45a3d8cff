"""Real traffic, recorded from live services; not part of this project. `AIHUB_RECORDINGS` says where it lies."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(os.environ.get("AIHUB_RECORDINGS", "../shared/recordings"))
MISSING = f"no recordings at {ROOT}: set AIHUB_RECORDINGS"


@dataclass(frozen=True)
class Recording:
    name: str
    status: int
    stream: bool
    content_type: str
    request: dict[str, Any]
    response: bytes

    def usages(self) -> list[dict[str, Any]]:
        """Every usage object of the response, wherever the vendor put it, read without any code of the gateway."""
        values = [orjson.loads(self.response)] if not self.stream or self.status != 200 else list(self.events())
        found = []
        for value in values:
            first = (value.get("choices") or [{}])[0]
            places = (value.get("usage"), (value.get("x_groq") or {}).get("usage"), first.get("usage"))
            found += [usage for usage in places if usage]
        return found

    @property
    def fails(self) -> bool:
        """Whether its stream ends with an error, or without an end."""
        return "error-in-stream" in self.name

    def events(self) -> list[dict[str, Any]]:
        lines = self.response.replace(b"\r\n", b"\n").split(b"\n")
        payloads = [line[5:].strip() for line in lines if line.startswith(b"data:")]
        return [orjson.loads(payload) for payload in payloads if payload.startswith(b"{")]


def chat_recordings() -> list[Recording]:
    """Every chat exchange in OpenAI's format whose request is known."""
    if not (ROOT / "index.jsonl").exists():
        return []
    rows = [orjson.loads(line) for line in (ROOT / "index.jsonl").read_bytes().splitlines()]
    wanted = [row for row in rows if row["endpoint"] == "chat" or row["path"].startswith("writer/chat-v1/")]
    found = [_load(row) for row in wanted]
    return [recording for recording in found if recording.request.get("model")]


def messages_recordings() -> list[Recording]:
    """Every exchange in Anthropic's format."""
    if not (ROOT / "index.jsonl").exists():
        return []
    rows = [orjson.loads(line) for line in (ROOT / "index.jsonl").read_bytes().splitlines()]
    return [_load(row) for row in rows if row["endpoint"] == "messages"]


def responses_recordings() -> list[Recording]:
    """Every exchange in OpenAI's responses format."""
    if not (ROOT / "index.jsonl").exists():
        return []
    rows = [orjson.loads(line) for line in (ROOT / "index.jsonl").read_bytes().splitlines()]
    return [_load(row) for row in rows if row["endpoint"] == "responses"]


def _load(row: dict[str, Any]) -> Recording:
    folder = ROOT / row["path"]
    request = orjson.loads((folder / "request.json").read_bytes()).get("body") or {}
    meta = orjson.loads((folder / "meta.json").read_bytes())
    default = "text/event-stream" if row["response_format"] == "sse" else "application/json"
    return Recording(
        name=row["path"],
        status=row["status"],
        stream=row["stream"],
        content_type=meta["response_headers"].get("content-type", default),
        request=request,
        response=(folder / meta["response_file"]).read_bytes(),
    )
