"""A vendor's stream after its first event: batches of whole events, until it ends, stalls or is cut."""

import asyncio
from collections.abc import AsyncIterator

import httpx

from pipeline.errors import UpstreamFailed, UpstreamTimeout
from pipeline.flow import Attempt
from providers.formats.said import letters_said
from providers.formats.wire import StreamTap
from providers.idle import IdleWatch
from providers.sse import EventSplitter, EventTooLong

STALLED = "The upstream stopped sending in the middle of its answer."

AFTER_END = 1.0
"""Seconds to wait, after the end mark, for the connection to become reusable."""


class EventStream:
    """An async iterator of batches of raw events. A class and not a generator: a generator that was never started would not run
    its `finally`, and the response must be closed in any case.

    Raises `UpstreamFailed` or `UpstreamTimeout` where the stream breaks; what was whole before that has been handed out.
    """

    def __init__(
        self,
        attempt: Attempt,
        response: httpx.Response,
        pieces: AsyncIterator[bytes],
        splitter: EventSplitter,
        tap: StreamTap,
        held: list[bytes],
        idle: float,
        said: tuple[bytes, ...],
    ) -> None:
        self._attempt = attempt
        self._response = response
        self._pieces = pieces
        self._splitter = splitter
        self._tap = tap
        self._held: list[bytes] | None = held
        self._watch = IdleWatch(idle)
        self._said = said
        self._ended = False

    def __aiter__(self) -> "EventStream":
        return self

    async def __anext__(self) -> list[bytes]:
        if self._held is not None:
            batch, self._held = self._tapped(self._held), None
            if batch:
                return batch
        while True:
            if self._tap.failure is not None:
                self._ended = True
                raise self._tap.failure
            if self._ended:
                raise StopAsyncIteration
            piece = await self._next_piece()
            if piece is None:
                self._ended = True
                batch = self._finish()
            else:
                batch = self._tapped(self._split(piece))
            if batch:
                return batch

    async def aclose(self) -> None:
        self._ended = True
        self._watch.close()
        await self._response.aclose()

    async def _next_piece(self) -> bytes | None:
        """None at the end, be it the connection's or, soon after the end mark, the vendor's."""
        if self._tap.done:
            return await self._after_end()
        self._watch.begin()
        try:
            return await anext(self._pieces, None)
        except asyncio.CancelledError:
            if not self._watch.expired():
                raise
            self._ended = True
            raise UpstreamTimeout(STALLED, code="upstream_stalled") from None
        except httpx.TransportError as problem:
            self._ended = True
            raise _cut() from problem
        finally:
            self._watch.end()

    async def _after_end(self) -> bytes | None:
        """Nothing that goes wrong now concerns the caller."""
        try:
            async with asyncio.timeout(AFTER_END):
                return await anext(self._pieces, None)
        except (TimeoutError, httpx.TransportError):
            return None

    def _split(self, piece: bytes) -> list[bytes]:
        try:
            return self._splitter.feed(piece)
        except EventTooLong as problem:
            self._ended = True
            raise UpstreamFailed("The upstream sent an event that never ends.", code="upstream_invalid_response") from problem

    def _finish(self) -> list[bytes]:
        """An orderly end. What is left without its blank line passes if it completes the stream; half an event does not."""
        rest = self._splitter.finish()
        batch = self._tapped([rest]) if rest else []
        if self._tap.failure is None and not self._tap.complete:
            raise _cut()
        return batch + self._tap.finish()

    def _tapped(self, events: list[bytes]) -> list[bytes]:
        attempt, tap = self._attempt, self._tap
        batch = tap.feed(events)
        attempt.received += letters_said(b"".join(events), self._said)
        attempt.complete = tap.complete
        if tap.usage is not None:
            attempt.usage = tap.usage
        return batch


def _cut() -> UpstreamFailed:
    return UpstreamFailed("The upstream closed the stream in the middle of its answer.", code="upstream_stream_cut")
