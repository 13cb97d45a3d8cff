"""From canonical events to a stream of replies, as server-sent events."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from pipeline.errors import GatewayError
from pipeline.usage import Usage
from providers.canonical import (
    ArgumentsDelta,
    Audio,
    AudioDelta,
    CitationAdded,
    Completed,
    Event,
    Finished,
    Inline,
    Part,
    PartEnded,
    PartStarted,
    Refusal,
    RefusalDelta,
    Request,
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
from providers.formats.gemini.citations import Grounding
from providers.formats.gemini.logprobs import write_logprobs
from providers.formats.gemini.signature import sealed
from providers.formats.gemini.stop import write_stop
from providers.formats.gemini.write_reply import write_part, write_usage

_encode = msgspec.json.encode

SPOKEN = "audio/L16;codec=pcm;rate=24000"
"""What is spoken in a stream is plain samples, whoever speaks."""


class _Candidate:
    """`said` is the open text, which begins `before` bytes after the answer's beginning."""

    def __init__(self) -> None:
        self.open: Part | None = None
        self.arguments: list[str] = []
        self.said: list[str] = []
        self.before = 0
        self.grounding = Grounding()
        self.stop: Stop | None = None


class GeminiStreamWriter:
    """See `providers.formats.codec.StreamWriter`. Each event is a reply of its own, with what is new in it; a call is told when
    it is whole. Heartbeats are not told: Google's SDK takes a comment for JSON."""

    content_type = "text/event-stream"
    fail: Callable[[GatewayError], bytes] | None = None

    def __init__(self, asked: Request) -> None:
        self._asked = asked
        self._candidates: defaultdict[int, _Candidate] = defaultdict(_Candidate)
        self._usage = Usage()
        self._tail = b"}\n\n"

    def feed(self, events: Sequence[Event]) -> list[bytes]:
        out: list[bytes] = []
        for event in events:
            match event:
                case TextDelta(text=text, choice=choice, logprobs=logprobs):
                    self._candidates[choice].said.append(text)
                    more = b',"logprobsResult":' + _encode(write_logprobs(logprobs)) if logprobs else b""
                    out.append(self._part(choice, b'{"text":%b}' % _encode(text), more))
                case ThinkingDelta(text=text, choice=choice):
                    out.append(self._part(choice, b'{"text":%b,"thought":true}' % _encode(text)))
                case ArgumentsDelta(text=text, choice=choice):
                    self._candidates[choice].arguments.append(text)
                case _:
                    out += self._rarer(event)
        return out

    def _rarer(self, event: Event) -> list[bytes]:
        match event:
            case Started():
                about = {"modelVersion": event.model or self._asked.model, "responseId": event.id}
                self._tail = b"," + _encode(about)[1:] + b"\n\n"
            case PartStarted(part=part, choice=choice):
                return self._begin(choice, part)
            case PartEnded(choice=choice):
                return self._end(choice)
            case RefusalDelta(text=text, choice=choice):
                return [self._part(choice, b'{"text":%b}' % _encode(text))]
            case SignatureDelta(choice=choice):
                return self._signature(choice, event)
            case AudioDelta(data=data, transcript=said, choice=choice):
                out = [self._written(choice, {"inlineData": {"mimeType": SPOKEN, "data": data}})] if data else []
                return [*out, self._written(choice, {"text": said})] if said else out
            case CitationAdded(citation=citation, choice=choice):
                candidate = self._candidates[choice]
                candidate.grounding.add(citation, "".join(candidate.said), before=candidate.before)
            case Finished(stop=stop, choice=choice):
                self._candidates[choice].stop = stop
            case UsageReported(usage=usage):
                self._usage = usage
            case Completed():
                return [self._completed()]
        return []

    def _begin(self, choice: int, part: Part) -> list[bytes]:
        candidate = self._candidates[choice]
        candidate.open, candidate.arguments = part, []
        match part:
            case ToolCall() | Text(text="") | Refusal(text="") | Thinking(text="", signature=None, encrypted=None):
                return []
            case Audio(source=Inline(data="")):
                return []
            case Text(text=text):
                candidate.said.append(text)
        written = write_part(part)
        return [] if written is None else [self._written(choice, written)]

    def _end(self, choice: int) -> list[bytes]:
        candidate = self._candidates[choice]
        part, candidate.open = candidate.open, None
        if isinstance(part, Text):
            for citation in part.citations:
                candidate.grounding.add(citation, "".join(candidate.said), before=candidate.before)
            candidate.before += len("".join(candidate.said).encode())
            candidate.said = []
        if isinstance(part, ToolCall):
            whole = msgspec.structs.replace(part, arguments=part.arguments + "".join(candidate.arguments))
            return [self._written(choice, write_part(whole) or {})]
        return []

    def _signature(self, choice: int, event: SignatureDelta) -> list[bytes]:
        """Of what was said in the events before: on a part of the same kind that is empty. A call's goes on the call."""
        candidate = self._candidates[choice]
        if isinstance(candidate.open, ToolCall):
            candidate.open = msgspec.structs.replace(candidate.open, signature=event.opaque)
            return []
        part: dict[str, Any] = {"text": "", "thoughtSignature": sealed(event.opaque, encrypted=event.encrypted)}
        return [self._written(choice, part | ({"thought": True} if isinstance(candidate.open, Thinking) else {}))]

    def _completed(self) -> bytes:
        candidates = [
            {"content": {"role": "model", "parts": [{"text": ""}]}}
            | write_stop(candidate.stop)
            | {"index": index}
            | candidate.grounding.members()
            for index, candidate in sorted(self._candidates.items())
            if candidate.stop is not None
        ]
        last = _encode({"candidates": candidates, "usageMetadata": write_usage(self._usage)})
        return b"data: " + last[:-1] + self._tail

    def _written(self, choice: int, part: dict[str, Any]) -> bytes:
        return self._part(choice, _encode(part))

    def _part(self, choice: int, part: bytes, more: bytes = b"") -> bytes:
        content = b'{"candidates":[{"content":{"role":"model","parts":[%b]},"index":%d%b}]' % (part, choice, more)
        return b"data: " + content + self._tail
