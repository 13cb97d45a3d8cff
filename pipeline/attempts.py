"""From the frozen request to one answer: candidates, `admit`, then targets until one answers or none is left."""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from pipeline.calls import run_contained, run_guarded
from pipeline.catalog import Catalog, Target
from pipeline.compile import Pipeline
from pipeline.errors import GatewayError, Unavailable, UpstreamFailed, UpstreamTimeout
from pipeline.flow import Attempt, Flow, Reply
from pipeline.ports import Catalogs, Upstream
from pipeline.retry import Failure, Verdict, verdict
from pipeline.routing import Rotation, Selection, allowed_groups, caller_groups, candidates, no_candidates
from pipeline.stage import SkipTarget
from pipeline.tasks import spawn

Close = Callable[[], Awaitable[None]]

log = logging.getLogger("aihub.pipeline")

NONE_WANTED = "no_available_channel"
"""The code of the error that says: a stage has skipped every target."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """At most `attempts` per flow. A wait is `first_wait` seconds, doubling, jittered, or the vendor's `Retry-After`; one of over
    `max_wait` is left to the caller. `fallbacks`: for a model, the models to try instead, in order, when it is unfit."""

    attempts: int = 4
    first_wait: float = 1.0
    max_wait: float = 20.0
    fallbacks: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Attempts:
    """Runs the attempts of every flow of one pipeline generation."""

    def __init__(
        self,
        pipeline: Pipeline,
        catalogs: Catalogs,
        upstream: Upstream,
        policy: RetryPolicy,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: random.Random | None = None,
    ) -> None:
        self._pipeline = pipeline
        self._catalogs = catalogs
        self._upstream = upstream
        self._policy = policy
        self._sleep = sleep
        self._chance = chance or random.Random()  # noqa: S311  # spreads load; guards nothing
        self._rotation = Rotation()

    async def run(self, flow: Flow) -> Reply:
        """The reply of the attempt that answered. Raises a `GatewayError` when none did."""
        body = await flow.body()
        body.freeze()
        selection = self._selection(flow)
        await run_guarded(self._pipeline.admit, flow, flow)
        wait = self._policy.first_wait
        target = selection.next()
        while target is not None:
            attempt = Attempt(len(flow.attempts) + 1, target, body.copy())
            if await self._wanted(flow, attempt):
                decision = await self._try(flow, attempt)
                if attempt.failure is None or decision is Verdict.FINAL:
                    return self._answer(attempt)
                if len(flow.attempts) >= self._policy.attempts or flow.caller_left:
                    break
                if decision is Verdict.SAME_ONCE and not _repeated(flow, target):
                    continue
                if decision is not Verdict.FALLBACK:
                    selection.failed(target, attempt.failure, may_pass=decision is Verdict.NEXT or attempt.failure.unsent)
                elif not selection.fall_back():
                    break
            else:
                selection.skip(target)
            target = selection.next()
            if target is None and (target := selection.again()) is not None:
                delay = _asked_wait(flow, target) or wait * self._chance.uniform(0.8, 1.2)
                if delay > self._policy.max_wait:
                    break
                wait *= 2
                if flow.trace is not None:
                    flow.trace.note("waiting", seconds=delay, channel=target.channel.name, key=target.key.name)
                await self._sleep(delay)
        return self._give_up(flow)

    async def close(self, flow: Flow) -> None:
        """End the attempt that answered, if it has not ended yet. For a settlement, which has a task of its own wherever a hook
        has an interest in it: a whole reply needs no second one."""
        attempt = flow.attempt
        if attempt is None:
            return
        if attempt.ended is None and _stream_end(attempt) is None:
            attempt.ended = time.monotonic()
            await self._ended(flow, attempt, None)
        else:
            await self._end(flow, attempt)

    def _selection(self, flow: Flow) -> Selection:
        """Over the targets that could serve the flow, which it is told of: those of its model, then those of the fallbacks."""
        catalog = self._catalogs.current
        groups = flow.groups or caller_groups(flow.caller, catalog)
        able = self._able(flow, catalog, groups, flow.model)
        if not able:
            raise no_candidates(catalog, groups, flow.model)
        models = self._policy.fallbacks.get(flow.model, ())
        others = [self._able(flow, catalog, allowed_groups(flow.caller, catalog, model), model) for model in models]
        others = [targets for targets in others if targets]
        flow.candidates = able + tuple(chain.from_iterable(others))
        return Selection(able, self._rotation, self._chance, prefer=flow.prefer, fallbacks=others)

    def _able(self, flow: Flow, catalog: Catalog, groups: Sequence[str], model: str) -> tuple[Target, ...]:
        one_group = flow.caller is not None and not flow.caller.cross_group_retry
        found = candidates(catalog, groups, model, one_group=one_group, pin=flow.pin)
        return tuple(target for target in found if self._upstream.serves(flow, target.channel.vendor, target.channel.formats))

    async def _wanted(self, flow: Flow, attempt: Attempt) -> bool:
        """Whether no stage skips this target. Then too `attempt_done` follows: a stage above may have taken something for it."""
        try:
            await run_guarded(self._pipeline.target, flow, flow, attempt, words=(GatewayError, SkipTarget))
        except SkipTarget:
            await self._end(flow, attempt)
            return False
        except BaseException:
            await self._end(flow, attempt)
            raise
        return True

    async def _try(self, flow: Flow, attempt: Attempt) -> Verdict:
        flow.attempts.append(attempt)
        try:
            self._upstream.prepare(flow, attempt)
            if flow.trace is not None:
                flow.trace.prepared(attempt)
            await run_guarded(self._pipeline.upstream_request, flow, flow, attempt)
            await self._upstream.send(flow, attempt)
            if attempt.failure is not None and attempt.verdict is None:
                attempt.verdict = verdict(attempt.failure)
            await run_guarded(self._pipeline.upstream_response, flow, flow, attempt)
        except BaseException:
            await self._end(flow, attempt)
            raise
        if attempt.failure is not None:
            log.info(
                "flow %s: attempt %d at %s/%s failed: %s", flow.id, attempt.number, attempt.target.channel.name,
                attempt.target.key.name, attempt.failure.message,
            )  # fmt: skip
            await self._end(flow, attempt)
        return attempt.verdict or Verdict.FINAL

    async def _end(self, flow: Flow, attempt: Attempt) -> None:
        """Once. In a task of its own, since the caller may leave now: whoever is cut off here, every hook runs to its end."""
        if attempt.ended is None:
            attempt.ended = time.monotonic()
            close = _stream_end(attempt)
            if close is not None or self._pipeline.attempt_done:
                attempt.ending = spawn(self._ended(flow, attempt, close), f"end of attempt {attempt.number} of {flow.id}")
        if attempt.ending is not None:
            await asyncio.shield(attempt.ending)

    async def _ended(self, flow: Flow, attempt: Attempt, close: Close | None) -> None:
        if close is not None:
            await run_contained((("runner", close),), flow)
        await run_contained(self._pipeline.attempt_done, flow, flow, attempt)

    def _give_up(self, flow: Flow) -> Reply:
        """The last failure is the caller's answer."""
        attempt = flow.attempt
        if attempt is None:
            raise Unavailable("No channel can take this request now.", code=NONE_WANTED, retry_after=5)
        return self._answer(attempt)

    @staticmethod
    def _answer(attempt: Attempt) -> Reply:
        failure = attempt.failure
        if failure is not None and (failure.ours or attempt.reply is None):
            error = failure_error(failure)
            error.status = attempt.caller_status or error.status
            raise error
        assert attempt.reply is not None
        attempt.reply.status = attempt.caller_status or attempt.reply.status
        return attempt.reply


def _stream_end(attempt: Attempt) -> Close | None:
    return getattr(attempt.reply and attempt.reply.events, "aclose", None)


def _repeated(flow: Flow, target: Target) -> bool:
    return any(attempt.target is target and attempt.verdict is Verdict.SAME_ONCE for attempt in flow.attempts[:-1])


def _asked_wait(flow: Flow, target: Target) -> float | None:
    """The `Retry-After` of this target's latest failure."""
    failure = next(attempt.failure for attempt in reversed(flow.attempts) if attempt.target is target)
    return failure.retry_after if failure is not None else None


def failure_error(failure: Failure) -> GatewayError:
    """A failure without an answer that could be passed on, as the error the caller sees."""
    kind = UpstreamTimeout if failure.timed_out else UpstreamFailed
    return kind(failure.message, code=failure.code, retry_after=failure.retry_after)
