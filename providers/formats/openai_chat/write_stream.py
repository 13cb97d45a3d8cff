"""From canonical events to a chat stream's chunks."""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from pipeline.errors import GatewayError
from pipeline.events import sse_event
from pipeline.usage import Usage
from providers.canonical import (
    ArgumentsDelta,
    Audio,
    AudioDelta,
    Citation,
    CitationAdded,
    Completed,
    Event,
    Finished,
    Heartbeat,
    Image,
    Inline,
    Part,
    PartEnded,
    PartStarted,
    Refusal,
    RefusalDelta,
    Request,
    Started,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
    UsageReported,
)
from providers.formats.media import data_url
from providers.formats.openai_chat.annotations import write_annotation
from providers.formats.openai_chat.logprobs import write_logprobs
from providers.formats.openai_chat.stop import write_stop
from providers.formats.openai_chat.write_reply import reply_id, write_usage

_encode = msgspec.json.encode

DONE = sse_event(b"[DONE]")
KEEPALIVE = b": keepalive\n\n"


class _Choice:
    """`text` counts the characters sent, for the places of citations; `began` is where the open text part begins."""

    __slots__ = ("argued", "began", "calls", "citations", "open", "text")

    def __init__(self) -> None:
        self.calls = 0
        self.argued = False
        self.text = 0
        self.began = 0
        self.open: Part | None = None
        self.citations: list[Citation] = []


class ChatStreamWriter:
    """See `providers.formats.codec.StreamWriter`. What server tools do is not told: the format has no place for it."""

    content_type: str = "text/event-stream"
    fail: Callable[[GatewayError], bytes] | None = None

    def __init__(self, asked: Request) -> None:
        self._asked = asked
        self._choices: defaultdict[int, _Choice] = defaultdict(_Choice)
        self._usage: Usage | None = None
        self._head = b""
        self._null_usage = b',"usage":null' if asked.include_usage else b""
        self._tail = b',"logprobs":null,"finish_reason":null}]' + self._null_usage + b"}\n\n"

    def feed(self, events: Sequence[Event]) -> list[bytes]:
        out: list[bytes] = []
        for event in events:
            match event:
                case TextDelta(text=text, choice=choice, logprobs=logprobs):
                    self._choices[choice].text += len(text)
                    out.append(self._chunk(choice, b'{"content":' + _encode(text) + b"}", logprobs=write_logprobs(logprobs)))
                case ThinkingDelta(text=text, choice=choice):
                    out.append(self._chunk(choice, b'{"reasoning_content":' + _encode(text) + b"}"))
                case ArgumentsDelta(text=text, choice=choice):
                    out.append(self._arguments(choice, text))
                case _:
                    out += self._rarer(event)
        return out

    def _rarer(self, event: Event) -> list[bytes]:
        match event:
            case Started():
                return self._start(event)
            case PartStarted(part=part, choice=choice):
                return self._begin(choice, part)
            case PartEnded(choice=choice):
                return self._end(choice)
            case CitationAdded(citation=citation, choice=choice):
                self._choices[choice].citations.append(citation)
            case RefusalDelta(text=text, choice=choice):
                return [self._delta(choice, {"refusal": text})]
            case AudioDelta(choice=choice):
                said = {"data": event.data, "transcript": event.transcript}
                return [self._delta(choice, {"audio": {name: value for name, value in said.items() if value}})]
            case Finished():
                return self._finish(event)
            case UsageReported(usage=usage):
                self._usage = usage
            case Heartbeat():
                return [KEEPALIVE]
            case Completed():
                return [*self._usage_chunk(), DONE]
        return []

    def _start(self, event: Started) -> list[bytes]:
        created = int(time.time()) if event.created is None else event.created
        about = {
            "id": reply_id(event.id),
            "object": "chat.completion.chunk",
            "created": created,
            "model": event.model or self._asked.model,
        }
        self._head = b"data: " + _encode(about)[:-1] + b',"choices":['
        return [self._delta(0, {"role": "assistant", "content": ""})]

    def _begin(self, index: int, part: Part) -> list[bytes]:
        choice = self._choices[index]
        choice.open = part
        match part:
            case Text():
                choice.began = choice.text
                choice.citations = list(part.citations)
                return self.feed([TextDelta(part.text, index)]) if part.text else []
            case Thinking():
                return self.feed([ThinkingDelta(part.text, index)]) if part.text else []
            case Refusal():
                return [self._delta(index, {"refusal": part.text})] if part.text else []
            case ToolCall():
                return self._begin_call(index, choice, part)
            case Image(source=Inline() as source):
                return [self._delta(index, {"images": [{"type": "image_url", "image_url": {"url": data_url(source)}}]})]
            case Audio():
                return [self._delta(index, {"audio": {"id": part.id or ""}})]
        return []

    def _begin_call(self, index: int, choice: _Choice, call: ToolCall) -> list[bytes]:
        choice.argued = bool(call.arguments)
        number, choice.calls = choice.calls, choice.calls + 1
        if call.custom:
            begun: dict[str, Any] = {"type": "custom", "custom": {"name": call.name, "input": call.arguments}}
        else:
            begun = {"type": "function", "function": {"name": call.name, "arguments": call.arguments}}
        return [self._delta(index, {"tool_calls": [{"index": number, "id": call.id, **begun}]})]

    def _arguments(self, index: int, text: str) -> bytes:
        choice = self._choices[index]
        choice.argued = True
        number = b"%d" % (choice.calls - 1)
        if isinstance(choice.open, ToolCall) and choice.open.custom:
            return self._chunk(index, b'{"tool_calls":[{"index":%b,"custom":{"input":%b}}]}' % (number, _encode(text)))
        return self._chunk(index, b'{"tool_calls":[{"index":%b,"function":{"arguments":%b}}]}' % (number, _encode(text)))

    def _end(self, index: int) -> list[bytes]:
        """A call without arguments has an empty object of them."""
        choice = self._choices[index]
        part, choice.open = choice.open, None
        if isinstance(part, ToolCall) and not choice.argued and not part.custom:
            return [self._arguments(index, "{}")]
        if not choice.citations:
            return []
        found = [write_annotation(citation, choice.began, choice.text) for citation in choice.citations]
        choice.citations = []
        annotations = [annotation for annotation in found if annotation is not None]
        return [self._delta(index, {"annotations": annotations})] if annotations else []

    def _finish(self, event: Finished) -> list[bytes]:
        explanation = event.stop.explanation
        before = [self._delta(event.choice, {"refusal": explanation})] if explanation else []
        return [*before, self._chunk(event.choice, b"{}", finish=write_stop(event.stop))]

    def _usage_chunk(self) -> list[bytes]:
        if not self._asked.include_usage or self._usage is None:
            return []
        return [self._head + b'],"usage":' + _encode(write_usage(self._usage)) + b"}\n\n"]

    def _delta(self, choice: int, delta: dict[str, Any]) -> bytes:
        return self._chunk(choice, _encode(delta))

    def _chunk(self, choice: int, delta: bytes, *, finish: str | None = None, logprobs: Any = None) -> bytes:
        begin = b'%b{"index":%d,"delta":%b' % (self._head, choice, delta)
        if finish is None and logprobs is None:
            return begin + self._tail
        ending = b',"logprobs":%b,"finish_reason":%b}]' % (_encode(logprobs), _encode(finish))
        return begin + ending + self._null_usage + b"}\n\n"
