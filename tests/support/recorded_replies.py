"""The JSON of every recorded reply, whatever wire it came over: a body, SSE, lines, or AWS event-stream messages."""

import base64
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from tests.support.recordings import ROOT

_COUNTS = re.compile(rb'"(usage|usageMetadata|billed_units|[a-z_]+_count|[a-z_]*tokens|[A-Za-z]+TokenCount)":[^n]')


@dataclass(frozen=True)
class RecordedReply:
    name: str
    vendor: str
    endpoint: str
    headers: dict[str, str]
    counts: bool
    """Whether any member of the reply has a name that could hold counts."""
    values: list[Any]
    """One for a body, else one an event."""


def recorded_replies() -> list[RecordedReply]:
    """Of the calls that were answered with 200."""
    index = ROOT / "index.jsonl"
    rows = [orjson.loads(line) for line in index.read_bytes().splitlines()] if index.exists() else []
    return [_load(row) for row in rows if row["status"] == 200]


def _load(row: dict[str, Any]) -> RecordedReply:
    folder = ROOT / row["path"]
    meta = orjson.loads((folder / "meta.json").read_bytes())
    body = (folder / meta["response_file"]).read_bytes()
    values = list(_VALUES[row["response_format"]](body))
    return RecordedReply(
        name=row["path"],
        vendor=row["provider"],
        endpoint=row["endpoint"],
        headers=meta["response_headers"],
        counts=bool(_COUNTS.search(orjson.dumps(values))),
        values=values,
    )


def _sse(body: bytes) -> Iterator[Any]:
    lines = [line[5:].strip() for line in body.replace(b"\r\n", b"\n").split(b"\n") if line.startswith(b"data:")]
    return (orjson.loads(line) for line in lines if line.startswith(b"{"))


def _messages(body: bytes) -> Iterator[Any]:
    """https://smithy.io/2.0/aws/amazon-eventstream.html; invoke's messages wrap the model's own chunk."""
    start = 0
    while start < len(body):
        size, headers = struct.unpack_from(">II", body, start)
        payload = orjson.loads(body[start + 12 + headers : start + size - 4])
        yield orjson.loads(base64.b64decode(payload["bytes"])) if "bytes" in payload else payload
        start += size


_VALUES = {
    "json": lambda body: [orjson.loads(body)],
    "sse": _sse,
    "ndjson": lambda body: map(orjson.loads, body.splitlines()),
    "eventstream": _messages,
    "binary": lambda body: [],
}
