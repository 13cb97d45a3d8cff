"""Claims for tests, and a clock that only the test moves."""

from pipeline.limits.allowance import MEASURES, Measure
from pipeline.limits.claims import Claim

SECOND = 1_000_000


class Clock:
    """Microseconds."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += round(seconds * SECOND)


def claim(limit: int, amount: int = 1, *, word: str = "rpm", whose: str = "t1", measure: Measure | None = None) -> Claim:
    """At most `limit` for the token `whose`."""
    return Claim("token", (whose,), f"token\x1f{whose}", measure or MEASURES[word], limit, amount)
