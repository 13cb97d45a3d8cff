"""From a message's stream to canonical events; a method for each event of the wire."""

from collections.abc import Mapping
from typing import Any

import msgspec

from pipeline.errors import BadRequest
from pipeline.events import sse_data
from pipeline.usage import Usage
from providers.canonical import (
    ArgumentsDelta,
    CitationAdded,
    Completed,
    Event,
    Failed,
    Finished,
    Heartbeat,
    Native,
    Opaque,
    Part,
    PartEnded,
    PartStarted,
    ServerToolCall,
    SignatureDelta,
    Started,
    Stop,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
    UsageReported,
)
from providers.failures import status_of
from providers.formats.anthropic_messages.citations import read_citation
from providers.formats.anthropic_messages.name import NAME
from providers.formats.anthropic_messages.read_blocks import read_block
from providers.formats.anthropic_messages.read_error import read_error
from providers.formats.anthropic_messages.read_reply import as_asked
from providers.formats.anthropic_messages.stop import read_stop
from providers.formats.anthropic_messages.usage import find_usage
from providers.formats.codec import Written
from providers.formats.fields import Fields
from providers.formats.loose import error_object
from providers.formats.wire import NotInFormat


class _Delta(msgspec.Struct):
    """A block's, and the message's."""

    type: str = ""
    text: str = ""
    thinking: str = ""
    partial_json: str = ""
    signature: str = ""
    citation: msgspec.Raw = msgspec.Raw(b"{}")
    stop_reason: Any = None
    stop_sequence: Any = None
    stop_details: Any = None


class _Data(msgspec.Struct):
    type: str = ""
    delta: _Delta | None = None
    content_block: msgspec.Raw = msgspec.Raw(b"{}")
    message: dict[str, Any] | None = None
    usage: Any = None
    error: Any = None


_decode = msgspec.json.Decoder(_Data).decode

_GROWS: dict[str, tuple[type[Part], ...]] = {
    "text_delta": (Text,),
    "citations_delta": (Text,),
    "thinking_delta": (Thinking,),
    "signature_delta": (Thinking,),
    "input_json_delta": (ToolCall, ServerToolCall, Native),
}
"""What each kind of delta is a piece of; others are unknown, and so tell nothing."""


class MessageStreamReader:
    """See `providers.formats.codec.StreamReader`."""

    def __init__(self, sent: Written) -> None:
        self._sent = sent
        self._words: Mapping[str, Any] = {}
        self._open: Part | None = None
        self._held: list[str] | None = None
        self._block: msgspec.Raw = msgspec.Raw(b"{}")
        self._called = False
        self._started = False
        self._ended = False
        self.usage: Usage | None = None
        self.done = False
        self.complete = False

    def feed(self, event: bytes) -> list[Event]:
        data = sse_data(event)
        if not data or self.done:
            return []
        try:
            value = _decode(data)
            if value.type == "content_block_delta" and value.delta is not None:
                return self._content_block_delta(value.delta)
            return self._rarer(value)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, BadRequest) as problem:
            raise NotInFormat("an event that is none of a message's stream") from problem

    def finish(self) -> list[Event]:
        return self._end() if self.complete else []

    def _rarer(self, value: _Data) -> list[Event]:
        match value.type:
            case "message_start":
                return self._message_start(value.message or {})
            case "content_block_start":
                return self._content_block_start(value.content_block)
            case "content_block_stop":
                return self._content_block_stop()
            case "message_delta":
                self._report(value.usage)
                if value.delta is not None and value.delta.stop_reason is not None:
                    self._words = msgspec.structs.asdict(value.delta)
                    self.complete = True
            case "message_stop":
                self.done = self.complete = True
                return self._end()
            case "error":
                self.done = self.complete = True
                error = error_object(value.error)
                return [Failed(read_error(status_of(error), error))]
            case "ping":
                return [Heartbeat()]
        return []

    def _message_start(self, message: Mapping[str, Any]) -> list[Event]:
        self._report(message.get("usage"))
        if self._started:
            return []
        self._started = True
        return [Started(str(message.get("id") or ""), str(message.get("model") or ""))]

    def _content_block_start(self, block: msgspec.Raw) -> list[Event]:
        """What grows by pieces of JSON that this model cannot pass on as they come is held until it is whole."""
        out = [*self._message_start({}), *self._content_block_stop()]
        part = read_block(Fields.of(block))
        self._block, self._open, self._held = block, part, None
        match part:
            case Text() | Thinking():
                out.append(PartStarted(part))
            case ToolCall(name=name) if name not in self._sent.wrapped:
                self._called = True
                out.append(PartStarted(as_asked(msgspec.structs.replace(part, arguments=""), self._sent)))
                if part.arguments != "{}":
                    out.append(ArgumentsDelta(part.arguments))
            case _:
                self._held = []
        return out

    def _content_block_delta(self, delta: _Delta) -> list[Event]:
        if (kind := _GROWS.get(delta.type)) is not None and not isinstance(self._open, kind):
            raise NotInFormat("a piece of a block that is not open")
        match delta.type:
            case "text_delta":
                return [TextDelta(delta.text)] if delta.text else []
            case "thinking_delta":
                return [ThinkingDelta(delta.thinking)] if delta.thinking else []
            case "input_json_delta":
                if self._held is not None:
                    self._held.append(delta.partial_json)
                    return []
                return [ArgumentsDelta(delta.partial_json)] if delta.partial_json else []
            case "signature_delta":
                return [SignatureDelta(Opaque(NAME, delta.signature))] if delta.signature else []
            case "citations_delta":
                return [CitationAdded(read_citation(Fields.of(delta.citation)))]
            case _:
                return []

    def _content_block_stop(self) -> list[Event]:
        part, held = self._open, self._held
        self._open = self._held = None
        if part is None:
            return []
        if held is None:
            return [PartEnded()]
        if text := "".join(held):
            block = msgspec.json.decode(self._block, type=dict[str, msgspec.Raw])
            part = read_block(Fields(block | {"input": msgspec.Raw(text.encode())}))
        self._called = self._called or isinstance(part, ToolCall)
        return [PartStarted(as_asked(part, self._sent)), PartEnded()]

    def _report(self, counts: Any) -> None:
        self.usage = find_usage({"usage": counts}, self.usage)

    def _end(self) -> list[Event]:
        if self._ended:
            return []
        self._ended = True
        out = [*self._message_start({}), *self._content_block_stop()]
        stop: Stop = read_stop(self._words, called=self._called)
        out.append(Finished(stop))
        if self.usage is not None:
            out.append(UsageReported(self.usage))
        out.append(Completed())
        return out
