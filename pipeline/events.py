"""A reply's pieces as raw bytes: what a stage sees, one whole event at a time."""

import codecs
from dataclasses import dataclass
from typing import Any, Self

import msgspec


@dataclass(slots=True)
class Event:
    """`raw` is what goes out: for a stream one SSE event with its blank line, or one element of a JSON array with what stands
    before it, for a unary reply the whole body.

    `last` is true exactly once a reply.
    """

    raw: bytes
    last: bool = False
    unary: bool = False

    @property
    def data(self) -> bytes:
        """The payload: a unary body, the event's `data:` lines joined by LF, an array's element; empty for a comment."""
        return self.raw if self.unary else event_data(self.raw)

    def json(self) -> Any:
        """The decoded payload. Raises `msgspec.DecodeError` where it is not JSON (`[DONE]` is not)."""
        return msgspec.json.decode(self.data)

    def with_json(self, value: Any) -> Self:
        """This event with another payload."""
        data = msgspec.json.encode(value)
        if not self.unary:
            data = self.raw[: self.raw.index(b"{")] + data if _is_element(self.raw) else sse_event(data)
        return type(self)(data, self.last, self.unary)


def event_data(raw: bytes) -> bytes:
    """The payload of one SSE event, or the object that is one element of a JSON array; empty where there is none."""
    return raw.strip(b" \t\r\n,[]") if _is_element(raw) else sse_data(raw)


def _is_element(raw: bytes) -> bool:
    """No line of an event begins so."""
    return raw.lstrip()[:1] in (b"[", b",", b"{", b"]")


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
