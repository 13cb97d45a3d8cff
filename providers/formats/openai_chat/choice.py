"""One choice of a chat stream: which part is open, and tool calls in the order of their beginning, one after the other."""

from typing import Any

from providers.canonical import (
    ArgumentsDelta,
    Audio,
    AudioDelta,
    CitationAdded,
    Event,
    Finished,
    Image,
    Inline,
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
from providers.formats.media import read_data_url
from providers.formats.openai_chat.annotations import read_annotation
from providers.formats.openai_chat.logprobs import read_logprobs
from providers.formats.openai_chat.read_reply import listed, thought_in
from providers.formats.openai_chat.stop import read_stop


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
        self._by_index: dict[Any, _Call] = {}
        self._begun = 0

    def feed(self, delta: dict[str, Any], logprobs: Any) -> list[Event]:
        """What one delta says. Empty strings open nothing."""
        out: list[Event] = []
        if thought := thought_in(delta):
            self._switch(out, Thinking)
            out.append(ThinkingDelta(thought, self._index))
        if (content := delta.get("content")) and isinstance(content, str):
            self._switch(out, Text)
            out.append(TextDelta(content, self._index, read_logprobs(logprobs) if logprobs else ()))
        elif isinstance(content, list):
            for part in listed(content):
                self._say(out, part)
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
        self._close(out)
        out.append(Finished(read_stop(word, called=self._begun > 0), self._index))
        return out

    def _say(self, out: list[Event], part: Text | Thinking) -> None:
        if isinstance(part, Thinking):
            self._switch(out, Thinking)
            out.append(ThinkingDelta(part.text, self._index))
        else:
            self._switch(out, Text)
            out.append(TextDelta(part.text, self._index))

    def _rarer(self, out: list[Event], delta: dict[str, Any]) -> None:
        if (refusal := delta.get("refusal")) and isinstance(refusal, str):
            self._switch(out, Refusal)
            out.append(RefusalDelta(refusal, self._index))
        for each in delta.get("annotations") or ():
            if (citation := read_annotation(each)) is not None:
                self._switch(out, Text)
                out.append(CitationAdded(citation, self._index))
        if isinstance(audio := delta.get("audio"), dict):
            self._audio(out, audio)
        for each in delta.get("images") or ():
            address = each.get("image_url", {}).get("url", "") if isinstance(each, dict) else ""
            if (source := read_data_url(address)) is not None:
                self._close(out)
                out += (PartStarted(Image(source), self._index), PartEnded(self._index))
        for call in delta.get("tool_calls") or ():
            if isinstance(call, dict):
                self._call(out, call)
        if isinstance(legacy := delta.get("function_call"), dict):
            self._call(out, {"index": "legacy", "id": "call_0", "function": legacy})

    def _switch(self, out: list[Event], kind: type[Text | Thinking | Refusal]) -> None:
        if self._open is not kind:
            self._close(out)
            self._open = kind
            out.append(PartStarted(kind(""), self._index))

    def _close(self, out: list[Event]) -> None:
        if self._open is not None:
            self._open = None
            out.append(PartEnded(self._index))

    def _audio(self, out: list[Event], audio: dict[str, Any]) -> None:
        if self._open is not Audio:
            self._close(out)
            self._open = Audio
            out.append(PartStarted(Audio(Inline("audio/pcm", ""), id=audio.get("id"), transcript=""), self._index))
        out.append(AudioDelta(str(audio.get("data") or ""), str(audio.get("transcript") or ""), self._index))

    def _call(self, out: list[Event], fragment: dict[str, Any]) -> None:
        function = fragment.get("function")
        function = function if isinstance(function, dict) else {}
        call = self._called(fragment, function)
        call.id = call.id or str(fragment.get("id") or "")
        call.name = call.name or str(function.get("name") or "")
        if isinstance(arguments := function.get("arguments"), str):
            call.arguments.append(arguments)
        if call in self._calls:
            self._advance(out)

    def _called(self, fragment: dict[str, Any], function: dict[str, Any]) -> _Call:
        """By its index; but some vendors number every call 0, and then a new id with a name is a new call."""
        index, call_id = fragment.get("index"), fragment.get("id")
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
