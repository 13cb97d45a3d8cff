"""What is asked of a limiter, and what it answers."""

import math
from dataclasses import dataclass, field
from typing import Any

from pipeline.limits.allowance import Measure

SLOT_WAIT = 1.0
"""Seconds after which to ask again for a slot: nobody knows when one is given back."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One limit that a request must keep. `subject` and `measure` identify the counter; `scope` and `names` say whose it is:
    `user+model`, (`alice`, `gpt-5`). `amount` is 1, or the tokens that are reserved."""

    scope: str
    names: tuple[str, ...]
    subject: str
    measure: Measure
    limit: int
    amount: int


@dataclass(frozen=True, slots=True)
class Meter:
    """How a claim's counter stands. `reset` is in seconds: from then on some of it is free again."""

    claim: Claim
    remaining: int
    reset: float


@dataclass(slots=True, eq=False)
class Grant:
    """Everything that was asked for is taken. `marks` are the store's own notes, one a claim; `given_back` is its, too."""

    claims: tuple[Claim, ...]
    meters: tuple[Meter, ...]
    marks: tuple[Any, ...] = field(default=(), repr=False)
    given_back: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing was taken. `meter` is of the claim that does not fit for longest; `wait` in seconds, infinite if it never will."""

    meter: Meter
    wait: float

    @property
    def claim(self) -> Claim:
        return self.meter.claim

    @property
    def hopeless(self) -> bool:
        return math.isinf(self.wait)
