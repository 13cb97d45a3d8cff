"""From a chat stream's chunks to canonical events."""

from typing import Any

import msgspec

from pipeline.events import sse_data
from pipeline.usage import Usage
from providers.canonical import Completed, Event, Failed, Heartbeat, Started, UsageReported
from providers.failures import status_of
from providers.formats.codec import Written
from providers.formats.loose import error_object
from providers.formats.openai_chat.choice import Choice
from providers.formats.openai_chat.read_error import read_error
from providers.formats.openai_chat.stream import DONE
from providers.formats.openai_chat.usage import find_usage
from providers.formats.wire import NotInFormat


class _ChunkChoice(msgspec.Struct):
    index: int | None = 0
    delta: dict[str, Any] | None = None
    finish_reason: Any = None
    logprobs: Any = None
    usage: Any = None


class _Chunk(msgspec.Struct):
    id: Any = None
    model: Any = None
    created: Any = None
    choices: list[_ChunkChoice] | None = None
    usage: Any = None
    x_groq: Any = None
    error: Any = None


_decode = msgspec.json.Decoder(_Chunk).decode


class ChatStreamReader:
    """See `providers.formats.codec.StreamReader`. The usage comes after the finish reason, or never: it is told at the end."""

    def __init__(self, sent: Written) -> None:
        self._sent = sent
        self._choices: dict[Any, Choice] = {}
        self._started = False
        self._ended = False
        self.usage: Usage | None = None
        self.done = False
        self.complete = False

    def feed(self, event: bytes) -> list[Event]:
        data = sse_data(event)
        if not data:
            return [Heartbeat()] if event.lstrip().startswith(b":") else []
        if self.done:
            return []
        if data.startswith(DONE):
            self.done = self.complete = True
            return self._end()
        try:
            chunk = _decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
            raise NotInFormat("an event that is no chunk of a chat completion") from problem
        if chunk.error:
            self.complete = True
            error = error_object(chunk.error)
            return [Failed(read_error(status_of(error), error))]
        return self._read(chunk)

    def finish(self) -> list[Event]:
        return self._end() if self.complete else []

    def _read(self, chunk: _Chunk) -> list[Event]:
        out: list[Event] = []
        choices = chunk.choices or []
        if not self._started and choices:
            self._started = True
            created = chunk.created if isinstance(chunk.created, int) else None
            out.append(Started(str(chunk.id or ""), str(chunk.model or ""), created))
        for each in choices:
            choice = self._choices.get(each.index)
            if choice is None:
                choice = self._choices[each.index] = Choice(len(self._choices), self._sent)
            if each.delta and not choice.finished:
                out += choice.feed(each.delta, each.logprobs)
            if each.finish_reason:
                self.complete = True
                out += choice.finish(each.finish_reason)
        if chunk.usage is not None or chunk.x_groq is not None or (choices and choices[0].usage is not None):
            first = {"usage": choices[0].usage} if choices else {}
            self.usage = find_usage({"usage": chunk.usage, "x_groq": chunk.x_groq, "choices": [first]}) or self.usage
        return out

    def _end(self) -> list[Event]:
        if self._ended:
            return []
        self._ended = True
        out: list[Event] = [] if self._started else [Started("", "")]
        for choice in self._choices.values():
            out += choice.finish(None)
        if self.usage is not None:
            out.append(UsageReported(self.usage))
        out.append(Completed())
        return out
