"""From a stream's replies to canonical events."""

import hashlib
from typing import Any

import msgspec

from pipeline.errors import BadRequest
from pipeline.events import event_data
from pipeline.usage import Usage
from providers.canonical import Completed, Event, Failed, Started, UsageReported
from providers.failures import status_of
from providers.formats.codec import Written
from providers.formats.counts import parts
from providers.formats.gemini.choice import Choice
from providers.formats.gemini.read_error import read_error
from providers.formats.gemini.read_reply import AnswerIds
from providers.formats.gemini.stop import read_block
from providers.formats.gemini.stream import Endings, candidate_index
from providers.formats.gemini.usage import find_usage
from providers.formats.loose import error_object
from providers.formats.wire import NotInFormat


class GeminiStreamReader:
    """See `providers.formats.codec.StreamReader`. What ended and what was used is told when the connection ends: until then more
    may come."""

    def __init__(self, sent: Written) -> None:
        self._sent = sent
        self._ids: AnswerIds | None = None
        self._choices: dict[int, Choice] = {}
        self._endings = Endings()
        self._ended = False
        self.usage: Usage | None = None
        self.done = False
        self.complete = False

    def feed(self, event: bytes) -> list[Event]:
        data = event_data(event)
        if not data:
            return []
        try:
            reply: Any = msgspec.json.decode(data)
            if isinstance(reply, dict):
                return self._read(reply, data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, BadRequest) as problem:
            raise NotInFormat("an event that is no part of a reply") from problem
        raise NotInFormat("an event that is not a JSON object")

    def finish(self) -> list[Event]:
        if self._ended or not self.complete:
            return []
        self._ended = True
        out: list[Event] = [event for choice in self._choices.values() for event in choice.finish()]
        if self.usage is not None:
            out.append(UsageReported(self.usage))
        out.append(Completed())
        return out

    def _read(self, reply: dict[str, Any], data: bytes) -> list[Event]:
        self.complete = self._endings.after(reply)
        if reply.get("error"):
            self._ended = True
            error = error_object(reply["error"])
            return [Failed(read_error(status_of(error), error))]
        if "usageMetadata" in reply:
            self.usage = find_usage(reply, self.usage)
        out: list[Event] = []
        ids = self._ids
        if ids is None:
            answer = str(reply.get("responseId") or "")
            ids = self._ids = AnswerIds(answer or hashlib.sha256(data).hexdigest())
            out.append(Started(answer, str(reply.get("modelVersion") or "")))
        for candidate in parts(reply, "candidates"):
            out += self._choice(candidate_index(candidate), ids).feed(candidate)
        if (blocked := read_block(reply.get("promptFeedback"))) is not None:
            self._choice(0, ids).stop = blocked
        return out

    def _choice(self, index: int, ids: AnswerIds) -> Choice:
        """Numbered in the order of their beginning: there may be gaps in the vendor's numbers."""
        choice = self._choices.get(index)
        if choice is None:
            choice = self._choices[index] = Choice(len(self._choices), self._sent, ids)
        return choice
