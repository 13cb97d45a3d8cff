"""request -> admit -> attempts -> response -> chunks -> done: one flow's way through the compiled pipeline."""

import inspect
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterable, Mapping, Sequence

from pipeline.attempts import Attempts
from pipeline.calls import crashed, run_contained, run_guarded
from pipeline.compile import Pipeline
from pipeline.errors import GatewayError, Rejected
from pipeline.events import Event
from pipeline.flow import Flow, Outcome, Reply
from pipeline.ports import ErrorFormat

log = logging.getLogger("aihub.pipeline")


Answerer = Callable[[Flow], Awaitable[Reply]]


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
            await run_guarded(self.pipeline.response, flow, flow, reply)
            if reply.events is None and self.pipeline.chunk:
                reply.body = await self._through(flow, Event(reply.body, last=True, unary=True))
        except GatewayError as error:
            return await self.fail(flow, error, errors)
        except Exception as crash:  # noqa: BLE001  # whatever broke, the caller gets an answer in its own format
            return await self.fail(flow, crashed("runner", flow, crash), errors)
        flow.reply = reply
        return reply

    async def fail(self, flow: Flow, error: GatewayError, errors: ErrorFormat) -> Reply:
        """The reply to a flow that cannot be answered properly; the gateway calls it too when the deadline passes."""
        flow.outcome = Outcome.REJECTED if isinstance(error, Rejected) else Outcome.FAILED
        flow.error = error
        await run_contained(self.pipeline.error, flow, flow)
        reply = flow.reply = errors.reply(flow.error, flow.id)
        await run_contained(self.pipeline.response, flow, flow, reply)
        return reply

    async def chunks(self, flow: Flow, events: AsyncIterator[list[bytes]], errors: ErrorFormat) -> AsyncGenerator[bytes, None]:
        """A stream's bytes to send, batch by batch. A failure ends it with one error event in the caller's format."""
        source = self._hooked(flow, events) if self.pipeline.chunk else _joined(events)
        try:
            async for raw in source:
                flow.committed = True
                if raw:
                    yield raw
        except GatewayError as error:
            yield await self.cut(flow, error, errors)
        except Exception as crash:  # noqa: BLE001  # as in `respond`
            yield await self.cut(flow, crashed("runner", flow, crash), errors)

    async def cut(self, flow: Flow, error: GatewayError, errors: ErrorFormat) -> bytes:
        """The event that ends a begun stream which cannot be finished."""
        flow.outcome = Outcome.CUT
        flow.error = error
        await run_contained(self.pipeline.error, flow, flow)
        return errors.event(flow.error, flow.id)

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
                    result = hook(flow, each)
                    if inspect.isawaitable(result):
                        result = await result
                except GatewayError:
                    raise
                except Exception as crash:
                    raise crashed(name, flow, crash) from crash
                if isinstance(result, Event):
                    passed.append(result)
                elif isinstance(result, Iterable):
                    passed += result
            events = passed
        return b"".join(each.raw for each in events)


def _outcome(flow: Flow) -> Outcome:
    if flow.reply is None or (flow.caller_left and flow.attempt is not None and flow.attempt.ended is None):
        return Outcome.CALLER_LEFT
    return Outcome.COMPLETED if flow.reply.status < 400 else Outcome.FAILED


async def _joined(events: AsyncIterator[list[bytes]]) -> AsyncIterator[bytes]:
    async for batch in events:
        yield batch[0] if len(batch) == 1 else b"".join(batch)
