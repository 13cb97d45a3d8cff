"""The counters in Redis: one script before the upstream call, one after, both by the server's own clock.

Every key has the same hash tag, so that a cluster keeps them together, and lives as long as it can matter. A reply says which
call it answers: one that belongs to another is never believed.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from app.stores.limits.batches import Batches, LeaseLost
from pipeline.limits.allowance import Measure
from pipeline.limits.claims import SLOT_WAIT, Claim, Meter, Refusal

TAG = "{aihub}"
WORKERS = f"{TAG}:workers"

STALE_SECONDS = 30.0
AT_ONCE = 200
"""Entries a script restores at once: others wait while a script runs."""

State = Literal["kept", "stale", "unknown"]

NO_CELL = -1
NEVER, FULL = -1, -2


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

    state: State
    workers: int


class RedisCounters:
    """Each method raises one of `app.stores.limits.batches.LOST`."""

    def __init__(self, url: str, answers_within: float, stale_seconds: float = STALE_SECONDS) -> None:
        self._batches = Batches(url, answers_within)
        self._stale = _milliseconds(stale_seconds)

    async def take(self, lease: str, claims: Sequence[Claim]) -> Taken | Refusal:
        keys = [WORKERS, *(_key(claim.measure, claim.subject) for claim in claims)]
        numbers = [number for claim in claims for number in (_length(claim.measure), claim.limit, claim.amount)]
        word, *told = await self._batches.call("take", keys, lease, self._stale, *numbers)
        if word == "lost":
            raise LeaseLost("Redis does not know this worker")
        rows = list(_threes(told))
        if word == "refused":
            return _refusal(claims, rows)
        meters = [Meter(claim, left, frees / 1000) for claim, (left, frees, _) in zip(claims, rows, strict=True)]
        return Taken(tuple(meters), tuple(cell for _, _, cell in rows))

    async def change(self, lease: str, changes: Sequence[Change]) -> None:
        keys = [_key(change.measure, change.subject) for change in changes]
        numbers = [number for change in changes for number in (_length(change.measure), change.cell, change.by)]
        await self._batches.call("change", keys, lease, *numbers)

    async def restore(self, lease: str, entries: Iterable[Entry]) -> None:
        listed = list(entries)
        for start in range(0, len(listed), AT_ONCE):
            part = listed[start : start + AT_ONCE]
            keys = [_key(entry.measure, entry.subject) for entry in part]
            numbers = [number for entry in part for number in (_length(entry.measure), _milliseconds(entry.age), entry.amount)]
            await self._batches.call("restore", keys, lease, *numbers)

    async def begin(self, lease: str, instead_of: str) -> Pulse:
        await self._batches.load()
        return await self._pulse(lease, instead_of)

    async def beat(self, lease: str) -> Pulse:
        return await self._pulse(lease)

    async def end(self, lease: str) -> None:
        """And with the lease every slot it holds."""
        await self._pulse("", lease)

    async def close(self) -> None:
        await self._batches.close()

    async def _pulse(self, *leases: str) -> Pulse:
        state, workers = await self._batches.call("beat", [WORKERS], leases[0], self._stale, *leases[1:])
        return Pulse(cast(State, state), int(workers))


def _threes(words: Sequence[str]) -> Iterator[tuple[int, int, int]]:
    numbers = iter([int(word) for word in words])
    return zip(numbers, numbers, numbers, strict=True)


def _refusal(claims: Sequence[Claim], rows: Sequence[tuple[int, int, int]]) -> Refusal:
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
