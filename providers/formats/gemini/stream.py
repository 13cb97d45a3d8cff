"""Following a stream of replies: each is whole in itself, with what is new in its parts and all that was used so far."""

from collections.abc import Mapping
from typing import Any

import msgspec

from pipeline.errors import GatewayError
from pipeline.events import event_data
from pipeline.usage import Usage
from providers.formats.gemini.usage import find_usage
from providers.formats.telling import telling


def _tells(data: bytes) -> bool:
    """Whether one of the events in `data` says more than some words. Inside a JSON string the quotes would be escaped."""
    return b'TokenCount"' in data or b'"finishReason"' in data or b'"promptFeedback"' in data or b'"error"' in data


class GeminiTap:
    """See `providers.formats.wire.StreamTap`. There is no end mark: a stream may end once every candidate that it began has said
    why it stopped, and more may follow that."""

    fail = None
    __slots__ = ("_endings", "complete", "done", "failure", "usage")

    def __init__(self) -> None:
        self._endings = Endings()
        self.usage: Usage | None = None
        self.failure: GatewayError | None = None
        self.done = False
        self.complete = False

    def feed(self, events: list[bytes]) -> list[bytes]:
        for event in telling(events, _tells):
            self._note(event)
        return events

    def finish(self) -> list[bytes]:
        return []

    def _note(self, event: bytes) -> None:
        try:
            reply = msgspec.json.decode(event_data(event))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return
        if not isinstance(reply, dict):
            return
        self.usage = find_usage(reply, self.usage)
        self.complete = self._endings.after(reply)


class Endings:
    """Which candidates of a stream have begun, and which said why they ended."""

    def __init__(self) -> None:
        self._ended: dict[int, bool] = {}
        self._broken = False

    def after(self, reply: Mapping[str, Any]) -> bool:
        """Whether the stream may end after this reply: all have ended, the prompt was blocked, or it failed in its own words."""
        feedback = reply.get("promptFeedback")
        blocked = isinstance(feedback, dict) and feedback.get("blockReason") is not None
        self._broken = self._broken or blocked or bool(reply.get("error"))
        candidates = reply.get("candidates")
        for candidate in candidates if isinstance(candidates, list) else ():
            if isinstance(candidate, dict):
                index = candidate_index(candidate)
                self._ended[index] = self._ended.get(index, False) or bool(candidate.get("finishReason"))
        return self._broken or (bool(self._ended) and all(self._ended.values()))


def candidate_index(candidate: Mapping[str, Any]) -> int:
    """Left out it is 0, as Google leaves out every zero."""
    index = candidate.get("index")
    return index if isinstance(index, int) else 0
