"""One attempt at a vendor of another format: the request written for it, its answer read and told in the caller's format."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec

from pipeline.errors import GatewayError, UpstreamFailed
from pipeline.flow import Attempt, Flow
from pipeline.kept import Keeping
from pipeline.usage import Usage
from providers import canonical, formats
from providers.canonical.assembly import Assembly
from providers.carried import Carried
from providers.formats.codec import Codec, Destination, StreamReader, StreamWriter, Written
from providers.formats.wire import NotInFormat
from providers.vendor import Vendor

DROPPED_HEADER = "x-aihub-dropped"


@dataclass(frozen=True, slots=True)
class Conversion:
    """An attempt's note: the two formats, what was asked, and what was written of it."""

    caller: Codec
    vendor: Codec
    asked: canonical.Request
    sent: Written
    carried: Carried
    who: str

    def reply(self, body: bytes) -> bytes:
        """A unary answer in the caller's format. Raises `NotInFormat`."""
        reply = self.vendor.read_reply(body, self.sent)
        if self.remembers:
            for candidate in reply.candidates:
                self.carried.keep(self.who, candidate.parts)
        return self.caller.write_reply(reply, self.asked)

    @property
    def remembers(self) -> bool:
        """Whether an answer may hold what the caller cannot be given to keep."""
        return self.vendor.signs and not self.caller.carries_opaque

    def stream(self) -> "ConvertedStream":
        return ConvertedStream(self)

    def error(self, status: int, error: Any) -> GatewayError:
        return self.vendor.read_error(status, error)

    def headers(self, response: httpx.Headers) -> dict[str, str]:
        """The vendor's that say something to the caller, under the caller's format's names."""
        headers = self.caller.write_limits(self.vendor.read_limits(response))
        headers.update((name, response[name]) for name in ("retry-after", "retry-after-ms", "x-should-retry") if name in response)
        if self.sent.dropped:
            headers[DROPPED_HEADER] = ", ".join(self.sent.dropped)
        return headers


def convert(flow: Flow, attempt: Attempt, vendor: Vendor, carried: Carried) -> None:
    """Set the attempt's body and what headers belong to it. The caller's body is read once a flow."""
    caller, target = formats.codec(flow.route.format), formats.codec(attempt.format)
    who = flow.caller.user_id if flow.caller is not None else ""
    asked = flow.notes.get(canonical.Request)
    if asked is None:
        assert attempt.body is not None
        asked = caller.read_request(attempt.body, flow.asked_model, stream=flow.asked_stream)
        if (kept := flow.notes.get(Keeping)) is not None:
            asked = msgspec.structs.replace(asked, continues=kept.continues, reply_id=kept.reply_id)
        asked = flow.notes[canonical.Request] = asked if caller.carries_opaque else carried.restore(who, asked)
    sent = target.write_request(asked, Destination(vendor, attempt.model))
    attempt.body = sent.body
    attempt.headers.update(sent.headers)
    attempt.notes[Conversion] = Conversion(caller, target, asked, sent, carried, who)
    if flow.trace is not None:
        flow.trace.note("converted", into=attempt.format, dropped=", ".join(sent.dropped))


class ConvertedStream:
    """Implements `providers.formats.wire.StreamTap`: the vendor's events go in, the caller's come out."""

    __slots__ = ("_conversion", "_reader", "_remembered", "failure", "writer")

    def __init__(self, conversion: Conversion) -> None:
        self._conversion = conversion
        self._reader: StreamReader = conversion.vendor.stream_reader(conversion.sent)
        self._remembered = Assembly() if conversion.remembers else None
        self.writer: StreamWriter = conversion.caller.stream_writer(conversion.asked)
        self.failure: GatewayError | None = None

    @property
    def fail(self) -> Callable[[GatewayError], bytes] | None:
        return self.writer.fail

    @property
    def usage(self) -> Usage | None:
        return self._reader.usage

    @property
    def done(self) -> bool:
        return self._reader.done

    @property
    def complete(self) -> bool:
        return self._reader.complete

    def feed(self, events: list[bytes]) -> list[bytes]:
        found: list[canonical.Event] = []
        for event in events:
            try:
                found += self._reader.feed(event)
            except NotInFormat as problem:
                self.failure = UpstreamFailed(f"The upstream sent {problem}.", code="upstream_invalid_response")
                break
        return self._told(found)

    def finish(self) -> list[bytes]:
        return self._told(self._reader.finish())

    def _told(self, events: list[canonical.Event]) -> list[bytes]:
        if events and isinstance(last := events[-1], canonical.Failed):
            self.failure = last.error
            events = events[:-1]
        if self._remembered is not None:
            self._remember(self._remembered, events)
        return self.writer.feed(events) if events else []

    def _remember(self, assembly: Assembly, events: list[canonical.Event]) -> None:
        for event in events:
            assembly.feed(event)
            if isinstance(event, canonical.Finished):
                self._conversion.carried.keep(self._conversion.who, assembly.parts[event.choice])
