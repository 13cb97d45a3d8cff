"""What this worker has admitted, whoever decided it: enough to decide alone, and to tell a Redis that has forgotten."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from app.stores.limits.counters import Change, Entry
from app.stores.lost import share
from pipeline.limits.allowance import MEASURES
from pipeline.limits.claims import Claim, Grant, Refusal
from pipeline.limits.memory import MICRO, MemoryLimits

SLOTS = MEASURES["concurrent"]


class Mirror(MemoryLimits):
    """Counts like any memory of one process."""

    def take_alone(self, claims: Sequence[Claim], workers: int) -> Grant | Refusal:
        """At this worker's share of each limit. What is told of the limits is their whole size."""
        shares = [replace(claim, limit=share(claim.limit, workers, claim.amount)) for claim in claims]
        whole = dict(zip(shares, claims, strict=True))
        answer = self.take_now(shares)
        if isinstance(answer, Refusal):
            claim = whole[answer.claim]
            wait = math.inf if claim.amount > claim.limit else answer.wait
            return Refusal(replace(answer.meter, claim=claim), wait)
        meters = tuple(replace(meter, claim=whole[meter.claim]) for meter in answer.meters)
        return Grant(tuple(claims), meters, answer.marks)

    def entries(self, *, since_cut: bool) -> Iterator[Entry]:
        """Every slot that is held, and what still counts in the windows."""
        for subject, number in self.slots.items():
            yield Entry(SLOTS, subject, number)
        for measure, subject, age, amount in self.cells(since_cut=since_cut):
            yield Entry(measure, subject, amount, age / MICRO)

    def moved_since(self, before: Counter[str]) -> list[Change]:
        """How the slots differ from what they were."""
        moved = [(subject, self.slots[subject] - before[subject]) for subject in self.slots | before]
        return [Change(SLOTS, subject, by) for subject, by in moved if by]
