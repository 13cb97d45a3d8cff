"""One choice of a chat stream: which part is open, and tool calls in the order of their beginning, one after the other."""

from typing import Any

import msgspec

from providers.canonical import (
    ArgumentsDelta,
    Audio,
    AudioDelta,
    CitationAdded,
    Event,
    Finished,
    Image,
    Inline,
    Part,
    PartEnded,
    PartStarted,
    Refusal,
    RefusalDelta,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
)
from providers.formats.arguments import is_complete, unwrap
from providers.formats.codec import Written
from providers.formats.loose import object_in, objects_in, text_in
from providers.formats.media import read_data_url
from providers.formats.openai_chat.annotations import read_annotation
from providers.formats.openai_chat.logprobs import read_logprobs
from providers.formats.openai_chat.read_reply import listed, thought_in
from providers.formats.openai_chat.stop import read_stop

_EMPTY: dict[type[Part], Part] = {
    Text: Text(""),
    Thinking: Thinking(""),
    Refusal: Refusal(""),
    Audio: Audio(Inline("audio/pcm", ""), transcript=""),
}
"""How parts that grow begin. A picture comes whole."""


class _Call:
    __slots__ = ("arguments", "id", "name", "opened", "sent")

    def __init__(self) -> None:
        self.id = ""
        self.name = ""
        self.arguments: list[str] = []
        self.sent = 0
        self.opened = False


class Choice:
    """`index` is the choice's. What its methods return may be empty."""

    def __init__(self, index: int, sent: Written) -> None:
        self.finished = False
        self._index = index
        self._sent = sent
        self._open: type | None = None
        self._calls: list[_Call] = []
        self._by_index: dict[str, _Call] = {}
        self._begun = 0
        self._later: list[tuple[type[Part], Event]] = []

    def feed(self, delta: dict[str, Any], logprobs: Any) -> list[Event]:
        """What one delta says. Empty strings open nothing."""
        out: list[Event] = []
        if thought := thought_in(delta):
            self._say(out, Thinking, ThinkingDelta(thought, self._index))
        if (content := delta.get("content")) and isinstance(content, str):
            self._say(out, Text, TextDelta(content, self._index, read_logprobs(logprobs) if logprobs else ()))
        elif isinstance(content, list):
            for part in listed(content):
                if isinstance(part, Thinking):
                    self._say(out, Thinking, ThinkingDelta(part.text, self._index))
                else:
                    self._say(out, Text, TextDelta(part.text, self._index))
        if len(delta) > 1 or not content:
            self._rarer(out, delta)
        return out

    def finish(self, word: Any) -> list[Event]:
        if self.finished:
            return []
        self.finished = True
        out: list[Event] = []
        while self._calls:
            self._advance(out)
            self._end_call(out)
        for kind, event in self._later:
            self._say(out, kind, event)
        self._close(out)
        out.append(Finished(read_stop(word, called=self._begun > 0), self._index))
        return out

    def _rarer(self, out: list[Event], delta: dict[str, Any]) -> None:
        if (refusal := delta.get("refusal")) and isinstance(refusal, str):
            self._say(out, Refusal, RefusalDelta(refusal, self._index))
        for each in objects_in(delta.get("annotations")):
            if (citation := read_annotation(each)) is not None:
                self._say(out, Text, CitationAdded(citation, self._index))
        if isinstance(audio := delta.get("audio"), dict):
            self._say(out, Audio, AudioDelta(str(audio.get("data") or ""), str(audio.get("transcript") or ""), self._index))
        for each in objects_in(delta.get("images")):
            if (source := read_data_url(text_in(object_in(each.get("image_url")).get("url")))) is not None:
                self._say(out, Image, PartStarted(Image(source), self._index))
        for call in objects_in(delta.get("tool_calls")):
            self._call(out, call)
        if isinstance(legacy := delta.get("function_call"), dict):
            self._call(out, {"index": "legacy", "id": "call_0", "function": legacy})

    def _say(self, out: list[Event], kind: type[Part], event: Event) -> None:
        """In a part of this kind; later, if a call is still open whose arguments are not whole."""
        while self._calls and is_complete("".join(self._calls[0].arguments)):
            self._end_call(out)
        if self._calls:
            self._later.append((kind, event))
            return
        if self._open is not kind or kind is Image:
            self._close(out)
            self._open = kind
            if kind in _EMPTY:
                out.append(PartStarted(_EMPTY[kind], self._index))
        out.append(event)

    def _close(self, out: list[Event]) -> None:
        if self._open is not None:
            self._open = None
            out.append(PartEnded(self._index))

    def _call(self, out: list[Event], fragment: dict[str, Any]) -> None:
        function = object_in(fragment.get("function"))
        call = self._called(fragment, function)
        call.id = call.id or str(fragment.get("id") or "")
        call.name = call.name or str(function.get("name") or "")
        if isinstance(arguments := function.get("arguments"), str):
            call.arguments.append(arguments)
        elif isinstance(arguments, dict):
            # Ollama's and others' servers send the object itself.
            call.arguments.append(msgspec.json.encode(arguments).decode())
        if call in self._calls:
            self._advance(out)

    def _called(self, fragment: dict[str, Any], function: dict[str, Any]) -> _Call:
        """By its index; but some vendors number every call 0, and then a new id with a name is a new call."""
        index, call_id = str(fragment.get("index")), fragment.get("id")
        known = self._by_index.get(index)
        if known is None or (call_id and known.id and call_id != known.id and function.get("name")):
            known = self._by_index[index] = _Call()
            self._calls.append(known)
        return known

    def _advance(self, out: list[Event]) -> None:
        """Tell of the first call what can be told, and go on to the next if it is whole: readers take one at a time."""
        while self._calls:
            call = self._calls[0]
            if not call.opened and call.id and call.name:
                self._begin_call(out, call)
            if call.opened and call.name not in self._sent.wrapped:
                self._flush(out, call)
            if len(self._calls) == 1 or not is_complete("".join(call.arguments)):
                return
            self._end_call(out)

    def _begin_call(self, out: list[Event], call: _Call) -> None:
        self._close(out)
        call.opened = True
        self._begun += 1
        self._open = ToolCall
        name = self._sent.names.get(call.name, call.name)
        out.append(PartStarted(ToolCall(call.id, name, "", custom=call.name in self._sent.wrapped), self._index))

    def _flush(self, out: list[Event], call: _Call) -> None:
        if text := "".join(call.arguments[call.sent :]):
            out.append(ArgumentsDelta(text, self._index))
        call.sent = len(call.arguments)

    def _end_call(self, out: list[Event]) -> None:
        call = self._calls.pop(0)
        if not call.opened:
            call.id = call.id or f"call_{self._begun}"
            self._begin_call(out, call)
        if call.name in self._sent.wrapped:
            out.append(ArgumentsDelta(unwrap("".join(call.arguments)), self._index))
        else:
            self._flush(out, call)
        self._close(out)
