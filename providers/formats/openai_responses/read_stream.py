"""From a response's stream to canonical events."""

from typing import Any

import msgspec

from pipeline.errors import BadRequest
from pipeline.events import sse_data
from pipeline.usage import Usage
from providers.canonical import Completed, Event, Failed, Finished, Heartbeat, Started, UsageReported
from providers.failures import status_of
from providers.formats.codec import Written
from providers.formats.loose import error_object, object_in
from providers.formats.openai_chat.read_error import read_error
from providers.formats.openai_responses.item_event import ItemEvent, decode_event
from providers.formats.openai_responses.items_in_order import ItemsInOrder
from providers.formats.openai_responses.stop import read_stop
from providers.formats.openai_responses.stream import TERMINAL
from providers.formats.openai_responses.usage import find_usage
from providers.formats.wire import NotInFormat

_NOTHING = msgspec.Raw(b"{}")


class ResponsesStreamReader:
    """See `providers.formats.codec.StreamReader`."""

    def __init__(self, sent: Written) -> None:
        self._items = ItemsInOrder(sent)
        self._started = False
        self._response: dict[str, Any] = {}
        self._output = msgspec.Raw(b"[]")
        self._ended = False
        self.usage: Usage | None = None
        self.done = False
        self.complete = False

    def feed(self, event: bytes) -> list[Event]:
        data = sse_data(event)
        if not data:
            return [Heartbeat()] if event.lstrip().startswith(b":") else []
        # OpenAI lets `response.failed` follow on `error`, others let `[DONE]` follow on the end.
        if self._ended or data.startswith(b"[DONE]"):
            return []
        try:
            return self._read(decode_event(data))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, BadRequest) as problem:
            raise NotInFormat("an event that is none of a response's stream") from problem

    def finish(self) -> list[Event]:
        return self._end() if self.complete else []

    def _read(self, told: ItemEvent) -> list[Event]:
        # Nearly all of them.
        if self._started and told.type.endswith(".delta"):
            return self._items.feed(told)
        if told.type == "error" or told.error:
            return self._fail(error_object(told.error) if told.error else {"message": told.message, "code": told.code})
        if told.type in TERMINAL:
            return self._terminal(told)
        if told.type in ("response.created", "response.queued", "response.in_progress"):
            return self._start(told.response)
        out = self._items.feed(told)
        return [*self._start(_NOTHING), *out] if out and not self._started else out

    def _start(self, raw: msgspec.Raw) -> list[Event]:
        if self._started:
            return []
        self._started = True
        response = object_in(msgspec.json.decode(raw))
        created = response.get("created_at")
        return [
            Started(
                str(response.get("id") or ""),
                str(response.get("model") or ""),
                int(created) if isinstance(created, int | float) else None,
            )
        ]

    def _terminal(self, told: ItemEvent) -> list[Event]:
        """Some vendors leave `output` empty here, others sent nothing before it."""
        self._response = msgspec.json.decode(told.response)
        if not isinstance(self._response, dict):
            raise NotInFormat("a last event without a response")
        self.usage = find_usage({"response": self._response}, self.usage)
        if told.type == "response.failed":
            return self._fail(error_object(self._response.get("error") or {}))
        self._output = msgspec.json.decode(told.response, type=dict[str, msgspec.Raw]).get("output", self._output)
        self.done = self.complete = True
        return self._start(told.response) + self._end()

    def _fail(self, error: dict[str, Any]) -> list[Event]:
        self._ended = self.complete = True
        return [Failed(read_error(status_of(error), error))]

    def _end(self) -> list[Event]:
        if self._ended:
            return []
        self._ended = True
        out = self._items.finish(self._output)
        out.append(Finished(read_stop(self._response, called=self._items.called)))
        if self.usage is not None:
            out.append(UsageReported(self.usage))
        out.append(Completed())
        return out
