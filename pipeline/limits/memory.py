"""Limits counted in this process: exact here, unknown elsewhere, gone with it."""

import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator, Sequence

from pipeline.limits.allowance import Measure
from pipeline.limits.claims import SLOT_WAIT, Claim, Grant, Meter, Refusal
from pipeline.limits.window import Cell, Window

MICRO = 1_000_000

Windows = OrderedDict[str, Window]


def microseconds() -> int:
    return time.monotonic_ns() // 1000


class MemoryLimits:
    """Implements `pipeline.ports.Limits`. Nothing here waits, so nobody can be cut off in the middle.

    Windows stand in the order of their last use, one row a measure: those at the front that nothing counts in any more are
    dropped whenever another is used. `slots` holds those that are taken, by subject.
    """

    def __init__(self, clock: Callable[[], int] = microseconds) -> None:
        self._clock = clock
        self._windows: dict[Measure, Windows] = {}
        self.slots: Counter[str] = Counter()
        self._apart_from = 0

    async def take(self, claims: Sequence[Claim]) -> Grant | Refusal:
        return self.take_now(claims)

    async def give_back(self, grant: Grant, tokens: int | None) -> None:
        self.give_back_now(grant, tokens)

    def take_now(self, claims: Sequence[Claim]) -> Grant | Refusal:
        now = self._clock()
        refused = [refusal for claim in claims if (refusal := self._refusal(claim, now)) is not None]
        return max(refused, key=lambda refusal: refusal.wait) if refused else self._count(claims, now)

    def count(self, claims: Sequence[Claim]) -> Grant:
        """Take without asking whether it fits: somebody else has said so."""
        return self._count(claims, self._clock())

    def give_back_now(self, grant: Grant, tokens: int | None) -> None:
        if grant.given_back:
            return
        grant.given_back = True
        now = self._clock()
        for claim, mark in zip(grant.claims, grant.marks, strict=True):
            if claim.measure.window is None:
                self._release(claim.subject)
            elif claim.measure.counts == "tokens" and tokens is not None:
                self._correct(claim, mark, tokens - claim.amount, now)

    def cut(self) -> None:
        """What is counted from now on is told apart from what was before."""
        self._apart_from = self._clock()

    def cells(self, *, since_cut: bool = False) -> Iterator[tuple[Measure, str, int, int]]:
        """Measure, subject, age in microseconds and amount of what still counts, of each subject the oldest first."""
        since = self._apart_from if since_cut else 0
        now = self._clock()
        for measure, windows in self._windows.items():
            for subject, window in windows.items():
                window.slide(now)
                yield from ((measure, subject, now - cell.last, cell.amount) for cell in window if cell.start >= since)

    def __len__(self) -> int:
        """How many counters are kept."""
        return sum(map(len, self._windows.values())) + len(self.slots)

    def _refusal(self, claim: Claim, now: int) -> Refusal | None:
        limit, window = claim.limit, claim.measure.window
        if window is None:
            held = self.slots[claim.subject]
            return None if held < limit else Refusal(Meter(claim, 0, SLOT_WAIT), SLOT_WAIT)
        counted = self._window(claim.measure, window, claim.subject, now)
        if counted.total + claim.amount <= limit:
            return None
        wait = counted.wait(claim.amount, limit, now) / MICRO if claim.amount <= limit else math.inf
        return Refusal(Meter(claim, max(0, limit - counted.total), counted.frees_in(now) / MICRO), wait)

    def _count(self, claims: Sequence[Claim], now: int) -> Grant:
        meters: list[Meter] = []
        marks: list[Cell | None] = []
        for claim in claims:
            measure = claim.measure
            if measure.window is None:
                self.slots[claim.subject] += 1
                meters.append(Meter(claim, max(0, claim.limit - self.slots[claim.subject]), 0.0))
                marks.append(None)
            else:
                window = self._window(measure, measure.window, claim.subject, now)
                marks.append(window.add(claim.amount, now, self._apart_from))
                meters.append(Meter(claim, max(0, claim.limit - window.total), window.frees_in(now) / MICRO))
        return Grant(tuple(claims), tuple(meters), tuple(marks))

    def _window(self, measure: Measure, seconds: float, subject: str, now: int) -> Window:
        windows = self._windows.setdefault(measure, OrderedDict())
        window = windows.get(subject)
        if window is None:
            window = windows[subject] = Window(seconds)
        else:
            windows.move_to_end(subject)
            window.slide(now)
        _drop_idle(windows, subject, now)
        return window

    def _correct(self, claim: Claim, cell: Cell, difference: int, now: int) -> None:
        assert claim.measure.window is not None
        window = self._window(claim.measure, claim.measure.window, claim.subject, now)
        if difference > 0:
            window.add(difference, now, self._apart_from)
        else:
            window.take_back(cell, -difference)

    def _release(self, subject: str) -> None:
        self.slots[subject] -= 1
        if self.slots[subject] <= 0:
            del self.slots[subject]


def _drop_idle(windows: Windows, used: str, now: int) -> None:
    while (oldest := next(iter(windows))) != used and windows[oldest].idle(now):
        del windows[oldest]
