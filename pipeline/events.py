"""Server-sent events as raw bytes: what a stage sees of a reply, one whole event at a time."""

import codecs
from dataclasses import dataclass
from typing import Any, Self

import msgspec


@dataclass(slots=True)
class Event:
    """`raw` is what goes out: for a stream one SSE event with its blank line, for a unary reply the whole body.

    `last` is true exactly once a reply.
    """

    raw: bytes
    last: bool = False
    unary: bool = False

    @property
    def data(self) -> bytes:
        """The payload: a unary body, or the event's `data:` lines joined by LF; empty for a comment."""
        return self.raw if self.unary else sse_data(self.raw)

    def json(self) -> Any:
        """The decoded payload. Raises `msgspec.DecodeError` where it is not JSON (`[DONE]` is not)."""
        return msgspec.json.decode(self.data)

    def with_json(self, value: Any) -> Self:
        """This event with another payload."""
        data = msgspec.json.encode(value)
        return type(self)(data if self.unary else sse_event(data), self.last, self.unary)


def sse_event(data: bytes) -> bytes:
    """One event of single-line `data`."""
    return b"data: " + data + b"\n\n"


def sse_data(raw: bytes) -> bytes:
    """The `data:` lines of one raw event, by the rules of the WHATWG: LF, CR or CRLF; one space after the colon is optional; a
    stream may begin with a BOM."""
    if raw.startswith(b"data: ") and raw.find(b"\n") == len(raw) - 2:
        return raw[6:-2]
    lines = []
    for line in raw.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"):
        if line == b"data":
            lines.append(b"")
        elif line.startswith(b"data:"):
            value = line[5:]
            lines.append(value[1:] if value.startswith(b" ") else value)
    return b"\n".join(lines)
