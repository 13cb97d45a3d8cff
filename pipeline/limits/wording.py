"""What a caller is told of a limit it has met: which one, its size, and when to come back."""

import math

from pipeline.errors import GatewayError, LimitExceeded, Unavailable
from pipeline.limits.claims import Claim, Refusal
from pipeline.limits.parts import PARTS

MET = "rate_limit_exceeded"
TOO_LARGE = "request_exceeds_limit"
CHANNELS_FULL = "channel_limits_reached"


def limit_exceeded(refusal: Refusal) -> LimitExceeded:
    """429. A request that is larger than the whole limit is told so: waiting would not help it."""
    claim = refusal.claim
    unit = "token" if claim.measure.counts == "tokens" else "request"
    limit = f"{_several(claim.limit, unit)} {claim.measure.told} for {_whose(claim)}"
    if refusal.hopeless:
        message = f"The request is too large: it may take {_several(claim.amount, unit)}, and the limit is {limit}."
        return LimitExceeded(f"{message} Send less, or ask for a shorter answer.", code=TOO_LARGE)
    if claim.measure.window is None:
        message = f"Too many requests are open: the limit is {limit}. Try again when one has ended."
    else:
        message = f"Rate limit reached: {limit}. Try again in {_seconds(refusal.wait)}."
    return LimitExceeded(message, code=MET, retry_after=refusal.wait)


def channels_full(model: str, refusals: list[Refusal]) -> GatewayError:
    """503: the caller keeps its own limits, it is the operator's channels that may take no more now. The first of them that can
    says when to come back."""
    wait = min(refusal.wait for refusal in refusals)
    message = f"Every channel that serves the model {model!r} is at its rate limit."
    if math.isinf(wait):
        return LimitExceeded(f"{message} The request is larger than any of them allows.", code=TOO_LARGE)
    return Unavailable(f"{message} Try again in {_seconds(wait)}.", code=CHANNELS_FULL, retry_after=wait)


def _whose(claim: Claim) -> str:
    told = [PARTS[part].told.format(name) for part, name in zip(claim.scope.split("+"), claim.names, strict=True)]
    return " and ".join(told)


def _seconds(seconds: float) -> str:
    return _several(math.ceil(seconds), "second")


def _several(number: int, unit: str) -> str:
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"
