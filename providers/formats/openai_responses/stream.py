"""Following a responses stream: typed events up to `response.completed`, `.incomplete` or `.failed`."""

from typing import Any

from pipeline.errors import GatewayError
from pipeline.usage import Usage
from providers.formats.openai_responses.errors import failed_events
from providers.formats.openai_responses.sse import read_event
from providers.formats.openai_responses.usage import find_usage
from providers.formats.telling import telling

TERMINAL = ("response.completed", "response.incomplete", "response.failed")

_WORDS = tuple(f'"{name}"'.encode() for name in TERMINAL)


def _tells(data: bytes) -> bool:
    """Whether one of the events in `data` ends a stream. Inside a JSON string the quotes would be escaped."""
    return any(word in data for word in _WORDS) or b'"error"' in data


class ResponsesTap:
    """See `providers.formats.wire.StreamTap`. Every byte passes; some vendors send `[DONE]` after the terminal event."""

    __slots__ = ("_first", "_last", "complete", "done", "failure", "usage")

    def __init__(self) -> None:
        self._first = b""
        self._last = b""
        self.usage: Usage | None = None
        self.failure: GatewayError | None = None
        self.done = False
        self.complete = False

    def feed(self, events: list[bytes]) -> list[bytes]:
        for event in telling(events, _tells):
            self._end(event)
        told = [event for event in events if not event.startswith(b":")]
        if told:
            self._first = self._first or told[0]
            self._last = told[-1]
        return events

    def finish(self) -> list[bytes]:
        return []

    def fail(self, error: GatewayError) -> bytes:
        """The end of this stream, numbered after its last event."""
        begun, last = read_event(self._first) or {}, read_event(self._last) or {}
        response, sequence = begun.get("response"), last.get("sequence_number")
        number = sequence + 1 if isinstance(sequence, int) else 0
        return failed_events(error, response if isinstance(response, dict) else None, number)

    def _end(self, event: bytes) -> None:
        data = read_event(event) or {}
        if data.get("type") in TERMINAL:
            self.done = self.complete = True
            self.usage = find_usage(data, self.usage)
        elif data.get("type") == "error":
            # OpenAI lets `response.failed` follow; others leave it at this.
            self.complete = True


def is_terminal(event: bytes) -> bool:
    return terminal(event) is not None


def terminal(event: bytes) -> dict[str, Any] | None:
    """The payload of a terminal event; None for every other, at the price of a search for three words."""
    if not any(word in event for word in _WORDS):
        return None
    data = read_event(event)
    return data if data is not None and data.get("type") in TERMINAL else None
