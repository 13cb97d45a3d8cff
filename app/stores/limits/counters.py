"""The counters in Redis: one script before the upstream call, one after, both by the server's own clock.

Every key has the same hash tag, so that a cluster keeps them together, and lives as long as it can matter. A reply says which
call it answers: one that belongs to another is never believed.
"""

import asyncio
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import count
from typing import Any, Literal

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from pipeline.limits.allowance import Measure
from pipeline.limits.claims import SLOT_WAIT, Claim, Meter, Refusal

TAG = "{aihub}"
WORKERS = f"{TAG}:workers"

STALE_SECONDS = 30.0

BATCH = 200
"""Entries a script restores at once: others wait while a script runs."""

NO_CELL = -1
NEVER, FULL = -1, -2


class LeaseLost(Exception):
    """Redis does not know this worker, or has given up on it: it was emptied, or we were silent for too long."""


class WrongReply(Exception):
    """An answer to somebody else's question."""


LOST: tuple[type[Exception], ...] = (RedisError, OSError, RuntimeError, LeaseLost, WrongReply)
"""What a call raises when Redis cannot do its work. `TimeoutError` is an `OSError`; uvloop raises `RuntimeError` for a write to a
connection that has just been closed."""


@dataclass(frozen=True, slots=True)
class Taken:
    """How the claims stand, and the number of each one's cell."""

    meters: tuple[Meter, ...]
    cells: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """`by` more in the window, or fewer in that cell; of slots without a `measure` of time, so many more or fewer."""

    measure: Measure
    subject: str
    by: int
    cell: int = NO_CELL


@dataclass(frozen=True, slots=True)
class Entry:
    """What was counted elsewhere, `age` seconds ago."""

    measure: Measure
    subject: str
    amount: int
    age: float = 0.0


@dataclass(frozen=True, slots=True)
class Pulse:
    """What became of a lease, and how many workers are alive."""

    state: Literal["kept", "stale", "unknown"]
    workers: int


class RedisCounters:
    """Each method is one round trip and raises one of `LOST`."""

    def __init__(self, url: str, answers_within: float, stale_seconds: float = STALE_SECONDS) -> None:
        self._redis = Redis.from_url(
            url, decode_responses=True, socket_connect_timeout=answers_within, socket_timeout=None, retry=Retry(NoBackoff(), 0)
        )
        self._within = answers_within
        self._stale = _milliseconds(stale_seconds)
        self._calls = count()
        self._take = self._redis.register_script(_source("window", "slots", "take"))
        self._change = self._redis.register_script(_source("window", "slots", "change"))
        self._restore = self._redis.register_script(_source("window", "slots", "restore"))
        self._beat = self._redis.register_script(_source("window", "beat"))

    async def take(self, lease: str, claims: Sequence[Claim]) -> Taken | Refusal:
        keys = [WORKERS, *(_key(claim.measure, claim.subject) for claim in claims)]
        numbers = [number for claim in claims for number in (_length(claim.measure), claim.limit, claim.amount)]
        word, *told = await self._call(self._take, keys, lease, self._stale, *numbers)
        if word == "lease lost":
            raise LeaseLost("Redis does not know this worker")
        rows = [told[start : start + 3] for start in range(0, len(told), 3)]
        if word == "refused":
            return _refusal(claims, rows)
        meters = [Meter(claim, left, frees / 1000) for claim, (left, frees, _) in zip(claims, rows, strict=True)]
        return Taken(tuple(meters), tuple(cell for _, _, cell in rows))

    async def change(self, lease: str, changes: Sequence[Change]) -> None:
        keys = [_key(change.measure, change.subject) for change in changes]
        numbers = [number for change in changes for number in (_length(change.measure), change.cell, change.by)]
        await self._call(self._change, keys, lease, *numbers)

    async def restore(self, lease: str, entries: Iterable[Entry]) -> None:
        listed = list(entries)
        for start in range(0, len(listed), BATCH):
            batch = listed[start : start + BATCH]
            keys = [_key(entry.measure, entry.subject) for entry in batch]
            numbers = [number for entry in batch for number in (_length(entry.measure), _milliseconds(entry.age), entry.amount)]
            await self._call(self._restore, keys, lease, *numbers)

    async def begin(self, lease: str, instead_of: str) -> Pulse:
        # Idle connections from before a loss are dead, and each would be the next loss.
        await self._redis.connection_pool.disconnect(inuse_connections=False)
        state, workers = await self._call(self._beat, [WORKERS], lease, self._stale, instead_of)
        return Pulse(state, workers)

    async def beat(self, lease: str) -> Pulse:
        state, workers = await self._call(self._beat, [WORKERS], lease, self._stale)
        return Pulse(state, workers)

    async def leave(self, lease: str) -> None:
        """The lease ends, and with it every slot it holds."""
        async with asyncio.timeout(self._within):
            await self._redis.zrem(WORKERS, lease)

    async def close(self) -> None:
        await self._redis.aclose()

    async def _call(self, script: Any, keys: Sequence[str], *arguments: str | int) -> list[Any]:
        """The answer without its id."""
        call = str(next(self._calls))
        answer: list[Any]
        async with asyncio.timeout(self._within):
            answered, *answer = await script(keys=keys, args=(call, *arguments))
        if answered != call:
            await self._redis.connection_pool.disconnect()
            raise WrongReply("Redis answered another call")
        return answer


def _refusal(claims: Sequence[Claim], rows: Sequence[Sequence[int]]) -> Refusal:
    stands = zip(claims, rows, strict=True)
    refused = [Refusal(Meter(claim, left, frees / 1000), _wait(wait)) for claim, (wait, left, frees) in stands if wait]
    return max(refused, key=lambda refusal: refusal.wait)


def _wait(told: int) -> float:
    return {NEVER: math.inf, FULL: SLOT_WAIT}.get(told, told / 1000)


def _key(measure: Measure, subject: str) -> str:
    return f"{TAG}:{measure.word}:{subject}"


def _length(measure: Measure) -> int:
    return 0 if measure.window is None else _milliseconds(measure.window)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _source(*names: str) -> str:
    return "\n".join(files(__package__).joinpath(f"{name}.lua").read_text() for name in names)
