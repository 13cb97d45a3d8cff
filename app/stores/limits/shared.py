"""Limits of several workers: counted in Redis, and mirrored here, so that its loss is neither an error nor a free pass."""

import asyncio
import logging
import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.stores.limits.batches import LOST, LeaseLost
from app.stores.limits.counters import NO_CELL, Change, RedisCounters
from app.stores.limits.mirror import Mirror
from app.stores.lost import REDIS, Loss
from pipeline.limits.claims import Claim, Grant, Refusal
from pipeline.tasks import spawn

log = logging.getLogger("aihub.limits")

BEAT_SECONDS = 10.0
NO_LEASE = "none"


@dataclass(slots=True, eq=False)
class SharedGrant(Grant):
    """Counted in the mirror like any other; `cells` are those in Redis, known there as long as the `lease` is."""

    cells: tuple[int, ...] = ()
    lease: str = NO_LEASE


class SharedLimits:
    """Implements `pipeline.ports.Limits` over Redis.

    The mirror counts what this worker has admitted. While Redis is lost it also decides, at this worker's share of each limit:
    since it knows the last minute, the workers together stay at the limit. When Redis is back the worker begins a new lease,
    with the slots it really holds, and adds what was counted meanwhile: all of it, if Redis was emptied. So a call that was
    lost on its way cannot keep a slot: its lease is dead.
    """

    def __init__(self, counters: RedisCounters, workers: int, loss: Loss = REDIS, beat_seconds: float = BEAT_SECONDS) -> None:
        self._counters = counters
        self._least_workers = workers
        self._workers = workers
        self._loss = loss
        self._beat_seconds = beat_seconds
        self._mirror = Mirror()
        self._lease = NO_LEASE
        self._next_lease = secrets.token_hex(8)
        self._up = False
        self._told = False
        self._emptied = True
        self._lost = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None

    @property
    def shared(self) -> bool:
        """Whether Redis counts, now."""
        return self._up

    async def start(self) -> None:
        """Does not wait for a Redis that is not there."""
        await self._look()
        self._watch = spawn(self._keep_up(), "limits watch")

    def stop(self) -> None:
        """Watch no more; what is under way can still be given back."""
        if self._watch is not None:
            self._watch.cancel()

    async def close(self) -> None:
        if self._up:
            self._up = False
            try:
                await self._counters.end(self._lease)
            except LOST as problem:
                log.warning("the slots of this worker are freed when its lease is stale: %s", _reason(problem))
        await self._counters.close()

    async def take(self, claims: Sequence[Claim]) -> Grant | Refusal:
        taking = spawn(self._take(claims), "take limits")
        try:
            return await asyncio.shield(taking)
        except asyncio.CancelledError:
            spawn(self._undo(taking), "give back limits")
            raise

    async def give_back(self, grant: Grant, tokens: int | None) -> None:
        if grant.given_back:
            return
        self._mirror.give_back_now(grant, tokens)
        if self._up and (changes := list(self._changes(grant, tokens))):
            await self._tell(changes)

    async def _undo(self, taking: asyncio.Task[Grant | Refusal]) -> None:
        answer = await taking
        if isinstance(answer, Grant):
            await self.give_back(answer, 0)

    async def _take(self, claims: Sequence[Claim]) -> Grant | Refusal:
        while self._up:
            lease = self._lease
            try:
                answer = await self._counters.take(lease, claims)
            except LOST as problem:
                self._lose(problem, lease)
                break
            if isinstance(answer, Refusal):
                return answer
            # Else Redis was lost meanwhile: what was taken under this lease will be void.
            if self._holds(lease):
                marks = self._mirror.count(claims).marks
                return SharedGrant(tuple(claims), answer.meters, marks, cells=answer.cells, lease=lease)
        return self._mirror.take_alone(claims, self._workers)

    def _changes(self, grant: Grant, tokens: int | None) -> Iterator[Change]:
        known = isinstance(grant, SharedGrant) and grant.lease == self._lease
        cells = grant.cells if isinstance(grant, SharedGrant) and known else [NO_CELL] * len(grant.claims)
        for claim, cell in zip(grant.claims, cells, strict=True):
            if claim.measure.window is None:
                yield Change(claim.measure, claim.subject, -1)
            elif claim.measure.counts == "tokens" and tokens is not None and tokens != claim.amount:
                yield Change(claim.measure, claim.subject, tokens - claim.amount, cell)

    async def _tell(self, changes: Sequence[Change]) -> None:
        lease = self._lease
        try:
            await self._counters.change(lease, changes)
        except LOST as problem:
            self._lose(problem, lease)

    def _holds(self, lease: str) -> bool:
        return self._up and lease == self._lease

    def _lose(self, problem: Exception, lease: str) -> None:
        """By the first call that notices; those of a lease that has ended have nothing to say."""
        if not self._holds(lease):
            return
        self._up = False
        self._emptied = False
        self._mirror.cut()
        self._lost.set()
        log.error("Redis is lost (%s): %s", _reason(problem), self._loss.meanwhile)

    async def _keep_up(self) -> None:
        while True:
            if self._up:
                await self._until_lost(self._beat_seconds)
                await self._beat()
            else:
                await self._look()
                if not self._up:
                    await asyncio.sleep(self._loss.looks_every)

    async def _until_lost(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._lost.wait()
        except TimeoutError:
            return

    async def _beat(self) -> None:
        if not self._up:
            return
        lease = self._lease
        try:
            pulse = await self._counters.beat(lease)
            if pulse.state != "kept":
                raise LeaseLost("this worker's lease has ended")
            self._workers = max(pulse.workers, self._least_workers)
        except LOST as problem:
            self._lose(problem, lease)

    async def _look(self) -> None:
        """Come back, if Redis does."""
        try:
            pulse = await self._counters.begin(self._next_lease, instead_of=self._lease)
            self._lease, self._next_lease = self._next_lease, secrets.token_hex(8)
            self._emptied = self._emptied or pulse.state == "unknown"
            slots = Counter(self._mirror.slots)
            await self._counters.restore(self._lease, self._mirror.entries(since_cut=not self._emptied))
        except LOST as problem:
            self._miss(problem)
            return
        self._up = True
        # Others may come back only after this one: the next beat knows better.
        self._workers = max(pulse.workers, self._workers)
        self._lost.clear()
        self._told = False
        log.info("limits are counted in Redis; workers alive: %d", pulse.workers)
        if moved := self._mirror.moved_since(slots):
            await self._tell(moved)

    def _miss(self, problem: Exception) -> None:
        """Said once at the start; a loss has been told already."""
        if self._lease == NO_LEASE and not self._told:
            log.error("Redis is not there (%s): %s", _reason(problem), self._loss.meanwhile)
        self._told = True


def shared_limits(redis_url: str, workers: int) -> SharedLimits:
    """For one of `workers` workers, or more if there are other nodes: Redis knows."""
    return SharedLimits(RedisCounters(redis_url, REDIS.answers_within), workers)


def _reason(problem: Exception) -> str:
    """One line, without the address: it may hold a password."""
    if isinstance(problem, TimeoutError) and not str(problem):
        return "no answer in time"
    text = "" if isinstance(problem, OSError) else str(problem)
    return text.splitlines()[0] if text else type(problem).__name__
