"""The verdict on a failed attempt: pure, from the vendor's own status."""

from dataclasses import dataclass
from enum import Enum


class Verdict(Enum):
    """What the runner does after a failure.

    NEXT        another target; the same one again, after a wait, when no other is left
    NEXT_ONLY   another target; never this one again (asking it again would give the same answer)
    SAME_ONCE   the same target at once, one time
    FALLBACK    another model: the next of those that the operator listed for this one; FINAL when there is none
    FINAL       the caller gets it as it is
    """

    NEXT = "next"
    NEXT_ONLY = "next_only"
    SAME_ONCE = "same_once"
    FALLBACK = "fallback"
    FINAL = "final"


class Blame(Enum):
    """What a failure speaks against: the channel (nobody answers there), or one key of it."""

    CHANNEL = "channel"
    KEY = "key"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed.

    `status` is the vendor's, None where no answer came. `message` is safe for callers. `ours` marks a fault in our account at
    the vendor (its key, its balance), which the caller must see as a 502. `unsent`: the connection was found dead before the
    request's first byte. `unfit`: the request is fine, but not for this model (its context is too short, it refuses).
    `retry_after` is in seconds.
    """

    message: str
    status: int | None = None
    code: str = "upstream_error"
    timed_out: bool = False
    ours: bool = False
    unsent: bool = False
    unfit: bool = False
    blame: Blame = Blame.KEY
    retry_after: float | None = None


def verdict(failure: Failure) -> Verdict:
    """The default verdict; a stage may set another."""
    if failure.ours:
        return Verdict.NEXT_ONLY
    if failure.unsent:
        return Verdict.SAME_ONCE
    if failure.unfit:
        return Verdict.FALLBACK
    if failure.status is None or failure.status in (408, 429) or failure.status >= 500:
        return Verdict.NEXT
    if failure.status == 404:
        return Verdict.NEXT_ONLY
    return Verdict.FINAL
