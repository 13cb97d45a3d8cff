"""A stream that is one JSON array, its elements sent as they are made: Gemini's, unless it is asked for server-sent events."""

import re

from pipeline.events import event_data
from providers.sse import EventTooLong

AS_EVENTS = "?alt=sse"
"""What Google wants at the end of a stream's URL for events."""

_OUTSIDE = re.compile(rb'["{}\[\]]')
_IN_STRING = re.compile(rb'["\\]')


class ArraySplitter:
    """Sans-io, as `providers.sse.EventSplitter`: `feed` returns the pieces that became whole, `finish` what is left; joined
    together they are exactly the bytes that were fed. A piece is an element with what stands before it (`[`, or a comma), or the
    end. An object that stands alone, as an error may, is one piece."""

    __slots__ = ("_array", "_at", "_depth", "_held", "_in_string", "_limit")

    def __init__(self, limit: int = 8 << 20) -> None:
        self._held = bytearray()
        self._at = 0
        self._depth = 0
        self._in_string = False
        self._array: bool | None = None
        self._limit = limit

    def feed(self, piece: bytes) -> list[bytes]:
        self._held += piece
        pieces: list[bytes] = []
        begin = 0
        while (end := self._next_end()) is not None:
            pieces.append(bytes(self._held[begin:end]))
            begin = end
        del self._held[:begin]
        self._at -= begin
        if len(self._held) > self._limit:
            raise EventTooLong(f"an element of more than {self._limit} bytes")
        return pieces

    def finish(self) -> bytes:
        rest = bytes(self._held)
        self._held.clear()
        self._at = 0
        return rest

    def _next_end(self) -> int | None:
        while (found := (_IN_STRING if self._in_string else _OUTSIDE).search(self._held, self._at)) is not None:
            mark = found[0]
            if mark == b"\\" and found.end() == len(self._held):
                self._at = found.start()
                return None
            self._at = found.end() + (mark == b"\\")
            if mark == b'"':
                self._in_string = not self._in_string
            elif mark != b"\\" and self._closes(mark):
                return self._at
        self._at = len(self._held)
        return None

    def _closes(self, mark: bytes) -> bool:
        """Whether this bracket ends an element or the array."""
        if mark in (b"[", b"{"):
            self._array = mark == b"[" if self._array is None else self._array
            self._depth += 1
            return False
        self._depth -= 1
        return self._depth <= (1 if self._array else 0)


def is_end(raw: bytes) -> bool:
    """Whether this piece of a stream is the array's `]`."""
    return raw.rstrip().endswith(b"]") and not event_data(raw)
