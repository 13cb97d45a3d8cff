"""From the events of a stream to the answer they tell: for whoever needs the whole when it has passed."""

from collections import defaultdict

import msgspec

from providers.canonical.events import (
    ArgumentsDelta,
    AudioDelta,
    CitationAdded,
    Event,
    Finished,
    PartEnded,
    PartStarted,
    RefusalDelta,
    SignatureDelta,
    Started,
    TextDelta,
    ThinkingDelta,
    UsageReported,
)
from providers.canonical.parts import Audio, Citation, Inline, Part, Refusal, Text, Thinking, ToolCall
from providers.canonical.reply import Candidate, Reply, Stop, StopReason, TokenLogprob


class Assembly:
    """`feed` every event; `parts` are the ones that have ended, by choice; `reply` is the whole once `Completed` came."""

    def __init__(self) -> None:
        self.parts: defaultdict[int, list[Part]] = defaultdict(list)
        self._open: dict[int, _Growing] = {}
        self._stops: dict[int, Stop] = {}
        self._logprobs: defaultdict[int, list[TokenLogprob]] = defaultdict(list)
        self._started = Started("", "")
        self._usage: UsageReported | None = None

    def feed(self, event: Event) -> None:
        match event:
            case (
                TextDelta()
                | ThinkingDelta()
                | RefusalDelta()
                | ArgumentsDelta()
                | SignatureDelta()
                | CitationAdded()
                | AudioDelta()
            ):
                self._open[event.choice].feed(event)
                if isinstance(event, TextDelta) and event.logprobs:
                    self._logprobs[event.choice] += event.logprobs
            case PartStarted():
                self._open[event.choice] = _Growing(event.part)
            case PartEnded():
                self.parts[event.choice].append(self._open.pop(event.choice).whole())
            case Finished():
                self._stops[event.choice] = event.stop
            case Started():
                self._started = event
            case UsageReported():
                self._usage = event

    def reply(self) -> Reply:
        choices = range(max((*self._stops, *self.parts), default=0) + 1)
        return Reply(
            id=self._started.id,
            model=self._started.model,
            created=self._started.created,
            candidates=tuple(
                Candidate(
                    parts=tuple(self.parts[choice]),
                    stop=self._stops.get(choice, Stop(StopReason.END)),
                    logprobs=tuple(self._logprobs[choice]) or None,
                )
                for choice in choices
            ),
            usage=self._usage.usage if self._usage is not None else None,
        )


class _Growing:
    """One open part."""

    def __init__(self, part: Part) -> None:
        self._part = part
        self._texts: list[str] = []
        self._data: list[str] = []
        self._citations: list[Citation] = []

    def feed(self, event: Event) -> None:
        match event:
            case TextDelta(text=text) | ThinkingDelta(text=text) | RefusalDelta(text=text) | ArgumentsDelta(text=text):
                self._texts.append(text)
            case SignatureDelta(encrypted=True):
                self._part = msgspec.structs.replace(self._part, encrypted=event.opaque)
            case SignatureDelta():
                self._part = msgspec.structs.replace(self._part, signature=event.opaque)
            case CitationAdded():
                self._citations.append(event.citation)
            case AudioDelta():
                self._texts.append(event.transcript)
                self._data.append(event.data)

    def whole(self) -> Part:
        part, said = self._part, "".join(self._texts)
        match part:
            case Text():
                return msgspec.structs.replace(part, text=part.text + said, citations=(*part.citations, *self._citations))
            case Thinking() | Refusal():
                return msgspec.structs.replace(part, text=part.text + said)
            case ToolCall():
                return msgspec.structs.replace(part, arguments=part.arguments + said)
            case Audio() if self._data:
                kind = part.source.media_type if isinstance(part.source, Inline) else "audio/pcm"
                return msgspec.structs.replace(part, transcript=said, source=Inline(kind, "".join(self._data)))
            case _:
                return part
