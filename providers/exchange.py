"""One vendor response on its way to becoming the attempt's reply or failure."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import msgspec

from pipeline.errors import GatewayError, UpstreamFailed
from pipeline.events import sse_data
from pipeline.flow import Attempt, Flow, Reply
from pipeline.retry import Failure, Verdict
from providers import failures, formats
from providers.converting import Conversion
from providers.formats.wire import Answer, NotInFormat, StreamTap
from providers.sse import EventSplitter, EventTooLong
from providers.stream import EventStream
from providers.vendor import Vendor

UNARY_LIMIT = 64 << 20

HELD_LIMIT = 256 << 10
"""How much a stream may send while it is held back and says nothing: comments, mostly."""

OPENING_LIMIT = 8 << 20
"""The same with the events that only repeat the request, its instructions and its tools."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds. `first_event`: until a stream's first real event; `unary`: for a whole unary call; `idle`: between two pieces."""

    connect: float = 5
    first_event: float = 120
    unary: float = 600
    idle: float = 120


class Exchange:
    """`receive` leaves the attempt with a reply or a failure; `release` closes what no reply holds on to."""

    def __init__(self, flow: Flow, attempt: Attempt, vendor: Vendor, timeouts: Timeouts) -> None:
        self._flow = flow
        self._attempt = attempt
        self._vendor = vendor
        self._timeouts = timeouts
        self._wire = formats.get(attempt.format)
        self._conversion = attempt.notes.get(Conversion)
        self._response: httpx.Response | None = None
        self.refused_usage = False

    async def receive(self, response: httpx.Response) -> None:
        """Raises `NotInFormat` for what is no answer, `TimeoutError` and `httpx.TransportError` for what never came."""
        self._response = response
        attempt = self._attempt
        attempt.status = response.status_code
        attempt.upstream_id = response.headers.get(self._wire.id_header)
        if response.status_code >= 400:
            body = await _read(response)
            self._fail(failures.from_status(response.status_code, response.headers, body, self._vendor), response, body)
        elif response.status_code != 200:
            raise NotInFormat(f"status {response.status_code}, which is no answer to this request")
        elif self._flow.asked_stream and not response.headers.get("content-type", "").startswith("application/json"):
            await self._begin_stream(response)
        else:
            await self._take_unary(response)

    async def release(self) -> None:
        reply = self._attempt.reply
        if self._response is not None and (reply is None or reply.events is None):
            await self._response.aclose()

    async def _take_unary(self, response: httpx.Response) -> None:
        body = await _read(response)
        answer = self._wire.read_unary(body)
        if answer.error is not None:
            self._fail_in_band(answer, response, body)
            return
        if self._flow.asked_stream:
            raise NotInFormat("a whole body where a stream was asked for")
        self._attempt.first_event = time.monotonic()
        self._attempt.usage = answer.usage
        self._attempt.answered_model = answer.model
        if self._conversion is not None:
            body = self._conversion.reply(body)
        self._attempt.reply = Reply(200, self._headers(response), body)

    async def _begin_stream(self, response: httpx.Response) -> None:
        pieces = _pieces(response)
        splitter = EventSplitter()
        held = await self._peek(pieces, splitter, response)
        if self._attempt.failure is not None:
            return
        self._attempt.first_event = time.monotonic()
        reply = self._attempt.reply = Reply(200, self._headers(response), is_last=self._wire.is_last)
        if self._conversion is None:
            tap: StreamTap = self._wire.tap(hide_usage=self._attempt.asked_usage)
        else:
            tap = converted = self._conversion.stream()
            reply.headers["content-type"] = converted.writer.content_type
            reply.is_last = formats.get(self._flow.route.format).is_last
        reply.cut_event = tap.fail
        reply.events = EventStream(self._attempt, response, pieces, splitter, tap, held, self._timeouts.idle, self._wire.said)

    async def _peek(self, pieces: AsyncIterator[bytes], splitter: EventSplitter, response: httpx.Response) -> list[bytes]:
        """The events up to the batch with the first real one. A failure found there is noted on the attempt."""
        held: list[bytes] = []
        size = silent = 0
        async for piece in pieces:
            size += len(piece)
            try:
                events = splitter.feed(piece)
            except EventTooLong as problem:
                raise NotInFormat("a stream whose first event never ends") from problem
            held += events
            for event in events:
                answer = self._wire.read_first(event)
                if answer is None:
                    silent += len(event)
                    continue
                if answer.error is not None:
                    self._fail_in_band(answer, response, sse_data(event))
                self._attempt.answered_model = answer.model or self._attempt.answered_model
                if answer.opening:
                    continue
                return held
            if silent > HELD_LIMIT or size > OPENING_LIMIT:
                raise NotInFormat("a stream without a first event")
        rest = splitter.finish()
        if rest and (answer := self._wire.read_first(rest)) is not None and answer.error is not None:
            self._fail_in_band(answer, response, sse_data(rest))
            return held
        raise NotInFormat("an empty stream")

    def _fail_in_band(self, answer: Answer, response: httpx.Response, body: bytes) -> None:
        assert answer.error is not None
        self._fail(failures.in_band(answer.error, response.headers, self._vendor), response, body)

    def _fail(self, failure: Failure, response: httpx.Response, body: bytes) -> None:
        """Note the failure; keep the vendor's own words for the caller if they are JSON, as its SDK expects."""
        attempt = self._attempt
        attempt.failure = failure
        status = failure.status or 502
        if self._conversion is not None:
            attempt.reply = self._converted_error(self._conversion, failure, status, response, body)
        elif _is_json_object(body):
            attempt.reply = Reply(status, self._headers(response) | {"content-type": "application/json"}, body)
        else:
            attempt.reply = self._wire.errors.reply(_plain_error(failure, status), self._flow.id)
        if attempt.asked_usage and status in (400, 422) and b"stream_options" in body:
            attempt.verdict = Verdict.SAME_ONCE
            self.refused_usage = True

    def _converted_error(
        self, conversion: Conversion, failure: Failure, status: int, response: httpx.Response, body: bytes
    ) -> Reply:
        """The vendor's own words in the caller's envelope."""
        if _is_json_object(body):
            error = conversion.error(status, failures.error_in(body))
            error.retry_after = failure.retry_after
        else:
            error = _plain_error(failure, status)
        reply = formats.get(self._flow.route.format).errors.reply(error, self._flow.id)
        reply.headers = conversion.headers(response.headers) | reply.headers
        return reply

    def _headers(self, response: httpx.Response) -> dict[str, str]:
        """Of the vendor's headers, those a caller's SDK reads. The rest names our account, or is about this hop."""
        own = {formats.get(self._flow.route.format).id_header: self._flow.id}
        if self._conversion is not None:
            return {"content-type": "application/json"} | self._conversion.headers(response.headers) | own
        headers, wire = response.headers, self._wire
        passed = {name: headers[name] for name in wire.passed_headers if name in headers}
        passed.update((name, value) for name, value in headers.items() if name.startswith(wire.passed_prefix))
        return passed | own


async def _read(response: httpx.Response) -> bytes:
    """The whole body, bounded."""
    pieces: list[bytes] = []
    size = 0
    async for piece in _pieces(response):
        pieces.append(piece)
        size += len(piece)
        if size > UNARY_LIMIT:
            raise NotInFormat(f"a body of more than {UNARY_LIMIT} bytes")
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)


def _pieces(response: httpx.Response) -> AsyncIterator[bytes]:
    assert isinstance(response.stream, httpx.AsyncByteStream)
    return aiter(response.stream)


def _is_json_object(body: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(body), dict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _plain_error(failure: Failure, status: int) -> GatewayError:
    """For an error page that no SDK could read: our envelope, the vendor's status where it says something about the request or
    about when to come back, else 502."""
    error = UpstreamFailed(failure.message, code=failure.code, retry_after=failure.retry_after)
    error.status = status if status < 500 or status in (503, 504, 529) else 502
    return error
