"""request -> admit -> attempts -> response -> chunks -> done: one flow's way through the compiled pipeline."""

import asyncio
import inspect
import logging
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence

from pipeline.attempts import Attempts
from pipeline.calls import call_guarded, crashed, raise_if_cancelled, run_contained, run_guarded
from pipeline.compile import Pipeline
from pipeline.errors import GatewayError, Rejected
from pipeline.events import Event
from pipeline.flow import Flow, Outcome, Reply
from pipeline.ports import ErrorFormat
from pipeline.stage import ChunkResult

log = logging.getLogger("aihub.pipeline")


Answerer = Callable[[Flow], Awaitable[Reply]]
Call = Callable[..., Awaitable[None]]


class Runner:
    """Serves every flow of one pipeline generation. The gateway calls `respond`, then `chunks`, and always `settle`.

    `local` holds the operations that the gateway answers itself, after the `request` hooks. `settles` tells whether a flow's
    end is anybody's business; if not, `settle` only closes what is open.
    """

    def __init__(self, pipeline: Pipeline, attempts: Attempts, local: Mapping[str, Answerer] | None = None) -> None:
        self.pipeline = pipeline
        self.settles = bool(pipeline.done or pipeline.attempt_done)
        self._attempts = attempts
        self._local = local or {}

    async def respond(self, flow: Flow, errors: ErrorFormat) -> Reply:
        """Everything up to the first byte for the caller. Never raises a `GatewayError`: the reply is then that error."""
        try:
            reply = await self._answer(flow)
            await self._response(run_guarded, flow, reply)
            if reply.events is None and self.pipeline.chunk:
                reply.body = await self._through(flow, Event(reply.body, last=True, unary=True))
        except GatewayError as error:
            return await self.fail(flow, error, errors)
        except Exception as crash:  # noqa: BLE001  # whatever broke, the caller gets an answer in its own format
            return await self.fail(flow, crashed("runner", flow, crash), errors)
        flow.reply = reply
        flow.first_byte = time.monotonic() if reply.events is None else None
        return reply

    async def fail(self, flow: Flow, error: GatewayError, errors: ErrorFormat) -> Reply:
        """The reply to a flow that cannot be answered properly; the gateway calls it too when the deadline passes."""
        flow.outcome = Outcome.REJECTED if isinstance(error, Rejected) else Outcome.FAILED
        reply = flow.reply = errors.reply(await self._error(flow, error), flow.id)
        await self._response(run_contained, flow, reply)
        return reply

    async def chunks(self, flow: Flow, events: AsyncIterator[list[bytes]], errors: ErrorFormat) -> AsyncGenerator[bytes, None]:
        """A stream's bytes to send, batch by batch. A failure ends it with one error event in the caller's format."""
        source = self._hooked(flow, events) if self.pipeline.chunk else _joined(events)
        try:
            async for raw in source:
                if not flow.committed:
                    flow.committed = True
                    flow.first_byte = time.monotonic()
                if raw:
                    if flow.trace is not None:
                        flow.trace.sends(raw)
                    yield raw
        except GatewayError as error:
            yield await self.cut(flow, error, errors)
        except Exception as crash:  # noqa: BLE001  # as in `respond`
            yield await self.cut(flow, crashed("runner", flow, crash), errors)

    async def cut(self, flow: Flow, error: GatewayError, errors: ErrorFormat) -> bytes:
        """The event that ends a begun stream which cannot be finished; nothing, if it has been given out already."""
        if flow.outcome is Outcome.CUT:
            return b""
        error = await self._error(flow, error)
        own = flow.reply.cut_event if flow.reply is not None else None
        flow.outcome = Outcome.CUT
        return errors.event(error, flow.id) if own is None else own(error)

    async def inbound(self, flow: Flow, message: bytes) -> list[bytes]:
        """What a caller's WebSocket message becomes on its way down the `inbound` hooks: one message, several, or none.
        Raises the `GatewayError` of a stage that refuses it."""
        messages = [message]
        for name, hook in self.pipeline.inbound:
            passed: list[bytes] = []
            for each in messages:
                result = await call_guarded(name, hook, flow, flow, each)
                passed += [result] if isinstance(result, bytes) else result or ()
            messages = passed
        return messages

    async def drain(self, events: AsyncIterator[list[bytes]]) -> None:
        """Read the rest for its usage, for nobody: no `chunk` hook sees it."""
        try:
            async for _ in events:
                continue
        except GatewayError as error:
            log.info("draining a reply ended early: %s", error.message)

    async def settle(self, flow: Flow) -> None:
        """`attempt_done` for what is still open, then `done`; every hook runs, whatever the others did."""
        if flow.outcome is None:
            flow.outcome = _outcome(flow)
        await self._attempts.close(flow)
        await run_contained(self.pipeline.done, flow, flow)
        if flow.trace is not None:
            flow.trace.settled(flow)

    async def _response(self, run: Call, flow: Flow, reply: Reply) -> None:
        """Each hook once: those that saw a reply before something broke do not see the error that replaces it."""
        for bound in self.pipeline.response[flow.responded :]:
            flow.responded += 1
            await run((bound,), flow, flow, reply)

    async def _error(self, flow: Flow, error: GatewayError) -> GatewayError:
        """The hooks run for the first error only; what they made of it stays the answer."""
        if flow.error is None:
            flow.error = error
            await run_contained(self.pipeline.error, flow, flow)
        return flow.error or error

    async def _answer(self, flow: Flow) -> Reply:
        for bound in self.pipeline.request:
            await run_guarded((bound,), flow, flow)
            if flow.reply is not None:
                return flow.reply
        local = self._local.get(flow.route.operation)
        return await (self._attempts.run(flow) if local is None else local(flow))

    async def _hooked(self, flow: Flow, events: AsyncIterator[list[bytes]]) -> AsyncIterator[bytes]:
        is_last = flow.reply.is_last if flow.reply is not None else None
        ended = False
        async for batch in events:
            out = []
            for raw in batch:
                last = not ended and is_last is not None and is_last(raw)
                ended = ended or last
                out.append(await self._through(flow, Event(raw, last)))
            yield b"".join(out)
        if not ended:
            yield await self._through(flow, Event(b"", last=True))

    async def _through(self, flow: Flow, event: Event) -> bytes:
        """One event up the `chunk` hooks; each sees what the one below it returned."""
        events: Sequence[Event] = (event,)
        for name, hook in self.pipeline.chunk:
            passed: list[Event] = []
            for each in events:
                try:
                    result = hook(flow, each) if flow.trace is None else flow.trace.call(name, hook, flow, each)
                    if inspect.isawaitable(result):
                        result = await result
                    passed += _returned(result)
                except GatewayError:
                    raise
                except (Exception, asyncio.CancelledError) as crash:
                    raise_if_cancelled(crash)
                    raise crashed(name, flow, crash) from crash
            events = _one_last(passed, event.unary) if event.last else passed
        return b"".join(each.raw for each in events)


def _returned(result: ChunkResult) -> Iterable[Event]:
    if isinstance(result, Event):
        return (result,)
    events = () if result is None else tuple(result)
    if not all(isinstance(event, Event) for event in events):
        raise TypeError("`chunk` must return an Event, several of them, or None")
    return events


def _one_last(events: Sequence[Event], unary: bool) -> Sequence[Event]:
    """A stage that swallowed the last event, or made several of it, must not cost the stages above it their flush."""
    end = events[-1] if events else Event(b"", unary=unary)
    return [*(Event(each.raw, unary=unary) for each in events[:-1]), Event(end.raw, last=True, unary=unary)]


def _outcome(flow: Flow) -> Outcome:
    if flow.reply is None:
        return Outcome.CALLER_LEFT
    if flow.reply.status >= 400:
        return Outcome.FAILED
    return Outcome.CALLER_LEFT if flow.caller_left else Outcome.COMPLETED


async def _joined(events: AsyncIterator[list[bytes]]) -> AsyncIterator[bytes]:
    async for batch in events:
        yield batch[0] if len(batch) == 1 else b"".join(batch)
