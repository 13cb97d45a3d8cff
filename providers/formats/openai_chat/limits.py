"""`x-ratelimit-*`: a number each, and a duration in Go's notation (`1m30.5s`) until the count is full again."""

import re

import httpx

from providers.formats.codec import Limits

_KINDS = ("requests", "tokens")
_PREFIX = "x-ratelimit-"
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|h|m|s)")
_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}


def read_limits(headers: httpx.Headers) -> Limits:
    return Limits(
        {kind: int(text) for kind in _KINDS if (text := headers.get(f"{_PREFIX}limit-{kind}", "")).isdecimal()},
        {kind: int(text) for kind in _KINDS if (text := headers.get(f"{_PREFIX}remaining-{kind}", "")).isdecimal()},
        {kind: seconds for kind in _KINDS if (seconds := _seconds(headers.get(f"{_PREFIX}reset-{kind}", ""))) is not None},
    )


def write_limits(limits: Limits) -> dict[str, str]:
    found = {f"{_PREFIX}limit-{kind}": str(limits.limit[kind]) for kind in _KINDS if kind in limits.limit}
    found |= {f"{_PREFIX}remaining-{kind}": str(limits.remaining[kind]) for kind in _KINDS if kind in limits.remaining}
    return found | {f"{_PREFIX}reset-{kind}": f"{limits.reset[kind]:.3f}s" for kind in _KINDS if kind in limits.reset}


def _seconds(text: str) -> float | None:
    """A bare number is seconds (Azure's)."""
    if text.isdecimal():
        return float(text)
    found = _DURATION.findall(text)
    return sum(float(number) * _SECONDS[unit] for number, unit in found) if found else None
