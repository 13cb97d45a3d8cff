"""What happens when something that the gateway depends on is lost: one row each, told to operators in docs/.

Whoever talks to a dependency takes from here how long to wait for an answer, how often to look whether it is back, and what
to do meanwhile.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Loss:
    """`answers_within` and `looks_every` are in seconds: a call that takes longer counts as lost."""

    dependency: str
    serves: str
    answers_within: float
    looks_every: float
    meanwhile: str
    afterwards: str


REDIS = Loss(
    dependency="redis",
    serves="rate limits",
    answers_within=0.25,
    looks_every=1.0,
    meanwhile="every worker counts by itself, at the limit divided by the workers; no request fails for it",
    afterwards="what was counted meanwhile, and every slot that is still held, is told to Redis",
)

DATABASE = Loss(
    dependency="database",
    serves="the ledger",
    answers_within=5.0,
    looks_every=2.0,
    meanwhile="calls that must be paid for are refused with 503; settlements wait, in memory and in the spool",
    afterwards="the settlements are posted, each once, and holds whose writing was in doubt are released",
)


def share(limit: int, workers: int, amount: int) -> int:
    """What one of several workers may admit of a limit that they cannot count together. At least one, and at least one request of
    this `amount`: a limit that is smaller than the workers are many is never a closed door."""
    return max(limit // workers, min(amount, limit), 1)
