"""Cutting a byte stream of server-sent events into whole raw events, whatever the network's pieces."""

import re

# An event ends with a blank line. A line ends with CRLF, LF or CR, mixed as one likes (WHATWG HTML, 9.2.5).
_BLANK_LINE = re.compile(rb"\r\n\r\n|\r\n\n|\n\r\n|\n\n|\r\r\n|\n\r|\r\r")

_MAX_TERMINATOR = 4


class EventTooLong(ValueError):
    """One event outgrew the limit: nothing that speaks this protocol sends such a thing."""


class EventSplitter:
    """Sans-io: `feed` returns the raw events that became whole, blank line included; `finish` what is left. Joined together
    they are exactly the bytes that were fed.

    A CR at the very end of a piece may be half of a CRLF, so an event that ends in one is held until the next byte tells.
    """

    __slots__ = ("_held", "_limit", "_searched")

    def __init__(self, limit: int = 8 << 20) -> None:
        self._held = bytearray()
        self._searched = 0
        self._limit = limit

    def feed(self, piece: bytes) -> list[bytes]:
        if not self._held and piece.endswith(b"\n\n") and b"\r" not in piece and b"\n\n\n" not in piece:
            return [event + b"\n\n" for event in piece[:-2].split(b"\n\n")]
        self._held += piece
        events = self._cut()
        if len(self._held) > self._limit:
            raise EventTooLong(f"an event of more than {self._limit} bytes")
        return events

    def finish(self) -> bytes:
        rest = bytes(self._held)
        self._held.clear()
        self._searched = 0
        return rest

    def _cut(self) -> list[bytes]:
        held = self._held
        events: list[bytes] = []
        start = 0
        position = self._searched
        while (match := _BLANK_LINE.search(held, position)) is not None:
            end = match.end()
            if end == len(held) and held[end - 1] == 0x0D:
                position = match.start()
                break
            events.append(bytes(held[start:end]))
            start = position = end
        else:
            position = max(start, len(held) - _MAX_TERMINATOR)
        del held[:start]
        self._searched = position - start
        return events
