"""One output item of a stream, as the parts that it is made of."""

from typing import Any

import msgspec

from providers.canonical import (
    ArgumentsDelta,
    CitationAdded,
    Event,
    Part,
    PartEnded,
    PartStarted,
    Refusal,
    RefusalDelta,
    SignatureDelta,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
)
from providers.formats.codec import Written
from providers.formats.fields import Fields
from providers.formats.openai_chat.logprobs import read_logprobs
from providers.formats.openai_responses.annotations import read_annotation
from providers.formats.openai_responses.item_event import ItemEvent
from providers.formats.openai_responses.read_reply import read_output
from providers.formats.openai_responses.thinking import BETWEEN

_CALLS = ("function_call", "custom_tool_call")
_NAMED = ("id", "type", "call_id", "name", "namespace")


class GrowingItem:
    """`told` gives what is new. An item that grows by no event is told whole, from its end; so is one whose end alone came."""

    __slots__ = ("_cited", "_events", "_open", "_said", "_sent", "_summaries", "calls", "ended")

    def __init__(self, sent: Written) -> None:
        self.calls = False
        self.ended = False
        self._sent = sent
        self._events: list[Event] = []
        self._open: type[Part] | None = None
        self._said = False
        self._cited = False
        self._summaries = 0

    def told(self) -> list[Event]:
        events, self._events = self._events, []
        return events

    def begin(self, raw: msgspec.Raw) -> None:
        """A call is named here; everything else begins with its first piece."""
        item = msgspec.json.decode(raw) if self._open is None else None
        if isinstance(item, dict) and item.get("type") in _CALLS and item.get("call_id") and item.get("name"):
            (part,) = read_output(_listed({name: item[name] for name in _NAMED if name in item}), self._sent)
            self._start(part)
            self.calls = True

    def grow(self, told: ItemEvent) -> None:
        text = told.delta if isinstance(told.delta, str) else ""
        if self._open is Text and told.type == "response.output_text.delta" and text and not told.logprobs:
            self._said = True
            self._events.append(TextDelta(text))
            return
        kind, _, what = told.type.rpartition(".")
        match what, kind:
            case "delta", "response.output_text":
                self._switch(Text)
                self._add(text, TextDelta(text, logprobs=_logprobs(told.logprobs)))
            case "delta", "response.refusal":
                self._switch(Refusal)
                self._add(text, RefusalDelta(text))
            case "delta", "response.reasoning_summary_text" | "response.reasoning_text":
                self._switch(Thinking)
                self._add(text, ThinkingDelta(text))
            case "delta", "response.function_call_arguments" | "response.custom_tool_call_input" if self.calls:
                self._add(text, ArgumentsDelta(text))
            case "added", "response.reasoning_summary_part":
                self._next_summary()
            case "added", "response.content_part":
                self._close_text()
            case "added", "response.output_text.annotation":
                self._cited = True
                self._switch(Text)
                self._events.append(CitationAdded(read_annotation(Fields.of(told.annotation))))
            case "done", _:
                self._whole(told)

    def end(self, raw: msgspec.Raw | None) -> None:
        """The item as it is in the end; None if the stream ended without it."""
        if self.ended:
            return
        self.ended = True
        parts = read_output(msgspec.Raw(b"[%b]" % bytes(raw)), self._sent) if raw is not None else ()
        if self._open is None and not self._said:
            self.parts(parts)
            return
        for part in parts:
            self._add_rest(part)
        self._close()

    def parts(self, parts: tuple[Part, ...]) -> None:
        """An item that is told at once. Reasoning without text and without anything encrypted says nothing."""
        self.ended = True
        for part in parts:
            if isinstance(part, Thinking) and not part.text and part.encrypted is None and part.signature is None:
                continue
            self.calls = self.calls or isinstance(part, ToolCall)
            self._events += (PartStarted(part), PartEnded())

    def _add_rest(self, part: Part) -> None:
        """What no event told."""
        match part:
            case ToolCall(arguments=arguments) if not self._said:
                self._add(arguments, ArgumentsDelta(arguments))
            case Text(citations=citations) if self._open is Text and not self._cited:
                self._events += [CitationAdded(citation) for citation in citations]
            case Thinking(text=text, encrypted=encrypted):
                self._switch(Thinking)
                if not self._said:
                    self._add(text, ThinkingDelta(text))
                if encrypted is not None:
                    self._events.append(SignatureDelta(encrypted, encrypted=True))

    def _whole(self, told: ItemEvent) -> None:
        """Some servers send the final form alone."""
        if self._said:
            return
        match told.type:
            case "response.output_text.done" if isinstance(told.text, str) and told.text:
                self._switch(Text)
                self._add(told.text, TextDelta(told.text, logprobs=_logprobs(told.logprobs)))
            case "response.refusal.done" if isinstance(told.refusal, str) and told.refusal:
                self._switch(Refusal)
                self._add(told.refusal, RefusalDelta(told.refusal))

    def _next_summary(self) -> None:
        self._switch(Thinking)
        self._summaries += 1
        if self._summaries > 1:
            self._events.append(ThinkingDelta(BETWEEN))

    def _close_text(self) -> None:
        """A content part begins. That of reasoning goes on with what is open."""
        if self._open in (Text, Refusal):
            self._close()
            self._said = False

    def _add(self, text: str, event: Event) -> None:
        if text:
            self._said = True
            self._events.append(event)

    def _switch(self, kind: type[Text | Refusal | Thinking]) -> None:
        if self._open is not kind:
            self._close()
            self._start(kind(text=""))

    def _start(self, part: Part) -> None:
        self._open = type(part)
        self._events.append(PartStarted(part))

    def _close(self) -> None:
        if self._open is not None:
            self._open = None
            self._events.append(PartEnded())


def _listed(item: dict[str, Any]) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode([item]))


def _logprobs(value: Any) -> Any:
    return read_logprobs({"content": value}) if value else ()
