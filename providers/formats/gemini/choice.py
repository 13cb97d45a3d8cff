"""One candidate of a stream: which part is open, and what its end will say."""

from collections.abc import Mapping
from typing import Any

import msgspec

from providers.canonical import (
    ArgumentsDelta,
    Audio,
    AudioDelta,
    Citation,
    CitationAdded,
    Event,
    Finished,
    Inline,
    Part,
    PartEnded,
    PartStarted,
    SignatureDelta,
    Stop,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
)
from providers.formats.arguments import unwrap
from providers.formats.asked_names import as_asked
from providers.formats.codec import Written
from providers.formats.counts import part, parts
from providers.formats.gemini.call_ids import Pending
from providers.formats.gemini.citations import read_citations
from providers.formats.gemini.logprobs import read_logprobs
from providers.formats.gemini.partial_args import PartialArgs
from providers.formats.gemini.proto_fields import ProtoFields
from providers.formats.gemini.read_parts import is_pcm, read_part
from providers.formats.gemini.signature import read_signature
from providers.formats.gemini.stop import read_stop


class Choice:
    """What its methods return may be empty. `stop` replaces what the candidate itself says, if the prompt was blocked."""

    def __init__(self, index: int, sent: Written, ids: Pending) -> None:
        self._index = index
        self._sent = sent
        self._ids = ids
        self._open: type[Part] | None = None
        self._call: PartialArgs | None = None
        self._text: list[str] = []
        self._cited: set[Citation] = set()
        self._called = False
        self._custom = False
        self._word: Any = None
        self._message: Any = None
        self.stop: Stop | None = None

    def feed(self, candidate: Mapping[str, Any]) -> list[Event]:
        out: list[Event] = []
        logprobs = read_logprobs(candidate["logprobsResult"]) if "logprobsResult" in candidate else ()
        for each in parts(part(candidate, "content"), "parts"):
            if isinstance(text := each.get("text"), str):
                self._said(out, each, text, () if each.get("thought") is True else logprobs)
                logprobs = logprobs if each.get("thought") is True else ()
            elif isinstance(call := each.get("functionCall"), dict):
                self._function_call(out, each, call)
            else:
                self._whole(out, each)
        if self._open is Text and ("groundingMetadata" in candidate or "citationMetadata" in candidate):
            self._cite(out, candidate)
        self._word = candidate.get("finishReason") or self._word
        self._message = candidate.get("finishMessage") or self._message
        return out

    def finish(self) -> list[Event]:
        """A reason to stop may be followed by more words, and by another reason: only the stream's end tells."""
        out: list[Event] = []
        self._end_call(out)
        self._close(out)
        out.append(Finished(self.stop or read_stop(self._word, self._message, called=self._called), self._index))
        return out

    def _cite(self, out: list[Event], candidate: Mapping[str, Any]) -> None:
        """All that was found may be told again with every event."""
        for citation in read_citations(candidate, "".join(self._text)):
            if citation not in self._cited:
                self._cited.add(citation)
                out.append(CitationAdded(citation, self._index))

    def _said(self, out: list[Event], given: dict[str, Any], text: str, logprobs: Any) -> None:
        """A signature often comes last, on a text that is empty: it is of what was said before."""
        kind = Thinking if given.get("thought") is True else Text
        if text:
            self._switch(out, kind)
            if kind is Text:
                self._text.append(text)
            out.append(TextDelta(text, self._index, logprobs) if kind is Text else ThinkingDelta(text, self._index))
        mark = given.get("thoughtSignature")
        if isinstance(mark, str) and mark and self._open is kind:
            opaque, encrypted = read_signature(mark)
            out.append(SignatureDelta(opaque, self._index, encrypted=encrypted))

    def _function_call(self, out: list[Event], given: dict[str, Any], call: dict[str, Any]) -> None:
        """One that continues has no name of its own, and goes on with one that has; without `willContinue` it is whole."""
        if call.get("name"):
            self._end_call(out)
            self._close(out)
            mark = given.get("thoughtSignature")
            signature = read_signature(mark)[0] if isinstance(mark, str) and mark else None
            call_id, name = str(call.get("id") or "") or self._ids.next_id(), str(call.get("name") or "")
            begun = as_asked(ToolCall(call_id, name, "", signature=signature), self._sent)
            out.append(PartStarted(begun, self._index))
            self._call, self._open, self._called = PartialArgs(), ToolCall, True
            self._custom = isinstance(begun, ToolCall) and begun.custom
        if self._call is not None:
            self._call.feed(call)
            if call.get("willContinue") is not True:
                self._end_call(out)

    def _end_call(self, out: list[Event]) -> None:
        if self._call is None:
            return
        arguments = self._call.text()
        out.append(ArgumentsDelta(unwrap(arguments) if self._custom else arguments, self._index))
        self._call = None
        self._close(out)

    def _whole(self, out: list[Event], given: dict[str, Any]) -> None:
        """All others come at once, but for what is spoken."""
        self._end_call(out)
        found = read_part(ProtoFields.of(msgspec.json.encode(given)), self._ids)
        if isinstance(found, Audio) and is_pcm(found.source) and isinstance(found.source, Inline):
            if self._open is not Audio:
                self._close(out)
                self._open = Audio
                media_type = found.source.media_type
                out.append(PartStarted(Audio(Inline(media_type, ""), id="", transcript=""), self._index))
            out.append(AudioDelta(found.source.data, "", self._index))
            return
        self._close(out)
        out += (PartStarted(found, self._index), PartEnded(self._index))

    def _switch(self, out: list[Event], kind: type[Text | Thinking]) -> None:
        if self._open is not kind:
            self._end_call(out)
            self._close(out)
            self._open = kind
            self._text = []
            out.append(PartStarted(kind(""), self._index))

    def _close(self, out: list[Event]) -> None:
        if self._open is not None:
            self._open = None
            out.append(PartEnded(self._index))
