"""Following a message's stream: `message_start`, blocks, `message_delta`, `message_stop`."""

from typing import Any

import msgspec

from pipeline.errors import GatewayError
from pipeline.events import sse_data
from pipeline.usage import Usage
from providers.formats.anthropic_messages.usage import find_usage
from providers.formats.telling import telling

STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'


def _tells(data: bytes) -> bool:
    """Whether one of the events in `data` is about the message, or an error. Inside a JSON string the quotes would be escaped."""
    return b'"message_' in data or b'"error"' in data


class MessageTap:
    """See `providers.formats.wire.StreamTap`. Nothing is ever asked for that would have to be hidden: usage always comes."""

    __slots__ = ("complete", "done", "failure", "usage")
    fail = None

    def __init__(self) -> None:
        self.usage: Usage | None = None
        self.failure: GatewayError | None = None
        self.done = False
        self.complete = False

    def feed(self, events: list[bytes]) -> list[bytes]:
        for event in telling(events, _tells):
            self._note(event)
        return events

    def finish(self) -> list[bytes]:
        """Some vendors give the stop reason and hang up. The SDKs wait for the end mark."""
        return [] if self.done or not self.complete else [STOP]

    def _note(self, event: bytes) -> None:
        try:
            value = msgspec.json.decode(sse_data(event))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        match value:
            case {"type": "message_start", "message": {"usage": usage}}:
                self._report(usage)
            case {"type": "message_delta"}:
                self._report(value.get("usage"))
                delta = value.get("delta")
                self.complete = self.complete or (isinstance(delta, dict) and delta.get("stop_reason") is not None)
            case {"type": "message_stop"} | {"type": "error"}:
                self.done = self.complete = True

    def _report(self, counts: Any) -> None:
        self.usage = find_usage({"usage": counts}, self.usage)


def is_last(event: bytes) -> bool:
    """`message_stop`, named or not."""
    return b"message_stop" in event[:64]
