"""From canonical events to a response's stream."""

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
    Heartbeat,
    Native,
    Part,
    PartEnded,
    PartStarted,
    Refusal,
    RefusalDelta,
    Request,
    ServerToolCall,
    ServerToolResult,
    SignatureDelta,
    Started,
    Stop,
    StopReason,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
    UsageReported,
)
from providers.formats.openai_responses import written_items as items
from providers.formats.openai_responses.errors import failed_events
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.namespaces import split_names
from providers.formats.openai_responses.server_items import Whole, whole_item
from providers.formats.openai_responses.sse import sse
from providers.formats.openai_responses.stop import write_stop
from providers.formats.openai_responses.write_response import PREFIX, write_response, write_usage

_encode = msgspec.json.encode

KEEPALIVE = b": keepalive\n\n"


class ResponsesStreamWriter:
    """See `providers.formats.codec.StreamWriter`. One item is open at a time. `response` is the whole, as far as it is told."""

    content_type: str = "text/event-stream"

    def __init__(self, asked: Request) -> None:
        self.fail: Callable[[GatewayError], bytes] | None = self._fail
        self.response: dict[str, Any] = {}
        self._asked = asked
        self._names = split_names(asked.tools)
        self._sequence = 0
        self._output: list[items.Members] = []
        self._item: items.Message | items.Reasoning | items.Call | None = None
        self._speaking = False
        self._ran: ServerToolCall | None = None
        self._head = b""
        self._stop = Stop(StopReason.END)
        self._usage: Usage | None = None

    def feed(self, events: Sequence[Event]) -> list[bytes]:
        out: list[bytes] = []
        for event in events:
            if getattr(event, "choice", 0) != 0:
                continue
            match event:
                case TextDelta(text=text, logprobs=logprobs) if isinstance(self._item, items.Message):
                    tokens = self._item.grow(text, logprobs)
                    out.append(self._delta(text, _encode(tokens) if tokens else b"[]"))
                case ArgumentsDelta(text=text) if isinstance(self._item, items.Call):
                    self._item.grow(text)
                    out.append(self._delta(text))
                case ThinkingDelta(text=text) if isinstance(self._item, items.Reasoning):
                    out += self._told(self._item.grow(text))
                    out.append(self._delta(text))
                case _:
                    out += self._rarer(event)
        return out

    def _rarer(self, event: Event) -> list[bytes]:
        match event:
            case Started():
                return self._start(event)
            case PartStarted(part=part):
                return [*self._run(part), *self._begin(part)]
            case PartEnded():
                return self._end_part()
            case RefusalDelta(text=text) if isinstance(self._item, items.Message):
                self._item.grow(text)
                return [self._delta(text)]
            case SignatureDelta(opaque=opaque, encrypted=encrypted) if isinstance(self._item, items.Reasoning):
                self._item.sign(opaque, encrypted=encrypted)
            case CitationAdded(citation=citation) if isinstance(self._item, items.Message):
                self._item.cite(citation)
            case AudioDelta(transcript=said) if said:
                return self.feed([TextDelta(said)])
            case Finished(stop=stop):
                self._stop = stop
                return self._finish(stop)
            case UsageReported(usage=usage):
                self._usage = usage
            case Heartbeat():
                return [KEEPALIVE]
            case Completed():
                return [self._complete()]
        return []

    def _start(self, event: Started) -> list[bytes]:
        self.response = write_response(self._asked, event)
        return self._told([(f"response.{name}", {"response": self.response}) for name in ("created", "in_progress")])

    def _begin(self, part: Part) -> list[bytes]:
        match part:
            case Text() | Refusal():
                return self._speak(part, part.text)
            case Audio():
                return self._speak(Text(""), part.transcript or "")
            case Thinking():
                out = self._end_item()
                reasoning = items.Reasoning(len(self._output), self._id(items.Reasoning.prefix, part))
                self._open(reasoning)
                out += self._told(reasoning.begin(part))
                return [*out, *self.feed([ThinkingDelta(part.text)])] if part.text else out
            case ToolCall():
                out = self._end_item()
                call = items.Call(len(self._output), self._id("ctc_" if part.custom else "fc_", part), self._names, part)
                self._open(call)
                out += self._told(call.begin())
                return [*out, *self.feed([ArgumentsDelta(part.arguments)])] if part.arguments else out
            case ServerToolCall():
                self._ran = part
            case _:
                return self._whole(part)
        return []

    def _speak(self, part: Text | Refusal, text: str) -> list[bytes]:
        """Into the message that is open, if one is."""
        out: list[bytes] = []
        if not isinstance(self._item, items.Message):
            out += self._end_item()
            self._item = items.Message(len(self._output), self._id(items.Message.prefix, part))
            out += self._told(self._item.begin(part))
        out += self._told(self._item.begin_part(part))
        self._speaking = True
        self._open(self._item)
        delta = TextDelta(text) if isinstance(part, Text) else RefusalDelta(text)
        return [*out, *self.feed([delta])] if text else out

    def _run(self, part: Part | None) -> list[bytes]:
        """What the vendor's own tool did is told when it is known what came of it."""
        ran, self._ran = self._ran, None
        if ran is None:
            return []
        return self._whole(ran, part if isinstance(part, ServerToolResult) and part.call_id == ran.id else None)

    def _whole(self, part: Part, result: ServerToolResult | None = None) -> list[bytes]:
        if isinstance(part, Native) and part.owner == NAME:
            found: Any = ("", msgspec.json.decode(part.value), ())
        else:
            found = whole_item(part, result)
        if found is None:
            return []
        prefix, item, steps = found
        out = self._end_item()
        written = Whole(len(self._output), item.get("id") or self._id(prefix, part), item, steps)
        out += self._told(written.tell())
        self._output.append(written.whole)
        return out

    def _end_part(self) -> list[bytes]:
        """A message may go on with another part."""
        if isinstance(self._item, items.Message):
            self._speaking, speaking = False, self._speaking
            return self._told(self._item.end_part()) if speaking else []
        if isinstance(self._item, items.Call) and self._item.empty:
            return [*self.feed([ArgumentsDelta("{}")]), *self._end_item()]
        return self._end_item()

    def _end_item(self) -> list[bytes]:
        item, self._item = self._item, None
        if item is None:
            return []
        told = self._told(item.end())
        self._output.append(item.whole)
        return told

    def _finish(self, stop: Stop) -> list[bytes]:
        """Why a model would not answer is its refusal."""
        out = self._run(None)
        if stop.explanation:
            out += [*self._speak(Refusal(""), stop.explanation), *self._end_part()]
        return [*out, *self._end_item()]

    def _complete(self) -> bytes:
        usage = None if self._usage is None else write_usage(self._usage)
        self.response = {**self.response, **write_stop(self._stop), "output": self._output, "usage": usage}
        return self._event(f"response.{self.response['status']}", {"response": self.response})

    def _fail(self, error: GatewayError) -> bytes:
        response = {**self.response, "output": self._output} if self.response else None
        return failed_events(error, response, self._sequence)

    def _id(self, prefix: str, part: Part) -> str:
        """The item's own, where it had one in this format; else the response's with the item's place."""
        own = part.extras.of(NAME).get("id") if part.extras is not None else None
        if own is not None:
            return msgspec.json.decode(own, type=str)
        return f"{prefix}{str(self.response.get('id', '')).removeprefix(PREFIX)}_{len(self._output)}"

    def _open(self, item: items.Message | items.Reasoning | items.Call) -> None:
        """What stands before and after the text in each event by which the open piece grows: there are hundreds of them."""
        self._item = item
        members = b",".join(b'"%b":%b' % (name.encode(), _encode(value)) for name, value in item.place.items())
        kind = item.grows.encode()
        self._head = b'event: %b\ndata: {"type":"%b",%b,"delta":' % (kind, kind, members)

    def _delta(self, text: str, logprobs: bytes | None = None) -> bytes:
        more = b"" if logprobs is None else b',"logprobs":' + logprobs
        event = b'%b%b%b,"sequence_number":%d}\n\n' % (self._head, _encode(text), more, self._sequence)
        self._sequence += 1
        return event

    def _told(self, told: items.Told) -> list[bytes]:
        return [self._event(kind, members) for kind, members in told]

    def _event(self, kind: str, members: items.Members) -> bytes:
        event = sse(kind, self._sequence, members)
        self._sequence += 1
        return event
