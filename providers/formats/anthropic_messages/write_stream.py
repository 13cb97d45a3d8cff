"""From canonical events to a message's stream."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from pipeline.errors import GatewayError
from pipeline.usage import Usage
from providers.canonical import (
    ArgumentsDelta,
    AudioDelta,
    CitationAdded,
    Completed,
    Event,
    Finished,
    Heartbeat,
    Part,
    PartEnded,
    PartStarted,
    RefusalDelta,
    Request,
    SignatureDelta,
    Started,
    Stop,
    StopReason,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
    UsageReported,
    seal,
)
from providers.canonical.parts import Audio
from providers.formats.anthropic_messages.citations import write_citation
from providers.formats.anthropic_messages.name import NAME
from providers.formats.anthropic_messages.signature import sealed_thoughts, signature_of
from providers.formats.anthropic_messages.stop import write_stop
from providers.formats.anthropic_messages.stream import STOP
from providers.formats.anthropic_messages.usage import write_usage
from providers.formats.anthropic_messages.write_reply import message, write_block
from providers.formats.arguments import wrap

_encode = msgspec.json.encode

PING = b'event: ping\ndata: {"type":"ping"}\n\n'


class MessageStreamWriter:
    """See `providers.formats.codec.StreamWriter`. Blocks are numbered as they are written: a part that has none leaves no gap."""

    content_type: str = "text/event-stream"
    fail: Callable[[GatewayError], bytes] | None = None

    def __init__(self, asked: Request) -> None:
        self._asked = asked
        self._index = -1
        self._open: Part | None = None
        self._signed = False
        self._custom: list[str] = []
        self._stop = Stop(StopReason.END)
        self._usage = Usage()

    def feed(self, events: Sequence[Event]) -> list[bytes]:
        out: list[bytes] = []
        for event in events:
            if getattr(event, "choice", 0) != 0:
                continue
            match event:
                case TextDelta(text=text) | RefusalDelta(text=text):
                    out.append(self._delta(b"text_delta", b"text", text))
                case ArgumentsDelta(text=text):
                    out += self._arguments(text)
                case ThinkingDelta(text=text):
                    out.append(self._delta(b"thinking_delta", b"thinking", text))
                case _:
                    out += self._rarer(event)
        return out

    def _rarer(self, event: Event) -> list[bytes]:
        match event:
            case Started():
                return [self._start(event)]
            case PartStarted(part=part):
                return self._begin(part)
            case PartEnded():
                return self._end()
            case SignatureDelta():
                return self._signature(event)
            case CitationAdded(citation=citation):
                cited = b'{"type":"citations_delta","citation":%b}' % _encode(write_citation(citation))
                return [self._block_delta(cited)]
            case AudioDelta(transcript=said) if said:
                return [self._delta(b"text_delta", b"text", said)]
            case Finished(stop=stop):
                self._stop = stop
            case UsageReported(usage=usage):
                self._usage = usage
            case Heartbeat():
                return [PING]
            case Completed():
                return [self._message_delta(), STOP]
        return []

    def _start(self, event: Started) -> bytes:
        """The vendor's count of the prompt may come last: `message_delta` has it then."""
        begun = message(event.id, event.model or self._asked.model, [])
        return _event("message_start", {"type": "message_start", "message": begun | {"usage": write_usage(self._usage)}})

    def _begin(self, part: Part) -> list[bytes]:
        if isinstance(part, Audio):
            part = msgspec.structs.replace(part, transcript="")
        block = write_block(part)
        if block is None:
            return []
        self._open, self._signed, self._custom = part, False, []
        self._index += 1
        later: list[bytes] = []
        match part:
            case Thinking() if block["type"] == "thinking":
                later += [self._delta(b"thinking_delta", b"thinking", part.text)] if part.text else []
                self._signed = part.signature is not None or part.encrypted is not None
                later += [self._signature_delta(block["signature"])] if self._signed else []
                block |= {"thinking": "", "signature": ""}
            case ToolCall():
                later += self._arguments(part.arguments) if part.arguments else []
                block["input"] = {}
            case _ if block.get("text"):
                later.append(self._delta(b"text_delta", b"text", block["text"]))
                block["text"] = ""
        started = {"type": "content_block_start", "index": self._index, "content_block": block}
        return [_event("content_block_start", started), *later]

    def _end(self) -> list[bytes]:
        part, self._open = self._open, None
        if part is None:
            return []
        before: list[bytes] = []
        if isinstance(part, Thinking) and not self._signed and (part.text or part.encrypted is None):
            before.append(self._signature_delta(signature_of(Thinking())))
        elif self._custom:
            before.append(self._delta(b"input_json_delta", b"partial_json", wrap("".join(self._custom))))
        return [*before, _event("content_block_stop", {"type": "content_block_stop", "index": self._index})]

    def _arguments(self, text: str) -> list[bytes]:
        """Free text has to be wrapped as a whole."""
        if isinstance(self._open, ToolCall) and self._open.custom:
            self._custom.append(text)
            return []
        return [self._delta(b"input_json_delta", b"partial_json", text)]

    def _signature(self, event: SignatureDelta) -> list[bytes]:
        """Only thinking has a place for one."""
        if not isinstance(self._open, Thinking):
            return []
        self._signed = True
        foreign = event.encrypted and event.opaque.owner != NAME
        return [self._signature_delta(sealed_thoughts(event.opaque) if foreign else seal(event.opaque, NAME))]

    def _signature_delta(self, signature: str) -> bytes:
        return self._delta(b"signature_delta", b"signature", signature)

    def _message_delta(self) -> bytes:
        return _event(
            "message_delta", {"type": "message_delta", "delta": write_stop(self._stop), "usage": write_usage(self._usage)}
        )

    def _delta(self, kind: bytes, name: bytes, text: str) -> bytes:
        return self._block_delta(b'{"type":"%b","%b":%b}' % (kind, name, _encode(text)))

    def _block_delta(self, delta: bytes) -> bytes:
        return b'event: content_block_delta\ndata: {"type":"content_block_delta","index":%d,"delta":%b}\n\n' % (
            self._index,
            delta,
        )


def _event(name: str, data: dict[str, Any]) -> bytes:
    return b"event: %b\ndata: %b\n\n" % (name.encode(), _encode(data))
