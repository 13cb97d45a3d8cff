"""`anthropic-ratelimit-*`: a number each, and the time at which the count is full again, by RFC 3339."""

from datetime import UTC, datetime, timedelta

import httpx

from providers.formats.codec import Limits

_KINDS = {"requests": "requests", "tokens": "tokens", "input_tokens": "input-tokens", "output_tokens": "output-tokens"}
_PREFIX = "anthropic-ratelimit-"


def read_limits(headers: httpx.Headers) -> Limits:
    return Limits(_counts(headers, "limit"), _counts(headers, "remaining"), _resets(headers))


def write_limits(limits: Limits) -> dict[str, str]:
    now = datetime.now(UTC)
    found: dict[str, str] = {}
    for kind, name in _KINDS.items():
        if kind in limits.limit:
            found[f"{_PREFIX}{name}-limit"] = str(limits.limit[kind])
        if kind in limits.remaining:
            found[f"{_PREFIX}{name}-remaining"] = str(limits.remaining[kind])
        if kind in limits.reset:
            found[f"{_PREFIX}{name}-reset"] = _written(now + timedelta(seconds=limits.reset[kind]))
    return found


def _counts(headers: httpx.Headers, what: str) -> dict[str, int]:
    texts = {kind: headers.get(f"{_PREFIX}{name}-{what}", "") for kind, name in _KINDS.items()}
    return {kind: int(text) for kind, text in texts.items() if text.isdecimal()}


def _resets(headers: httpx.Headers) -> dict[str, float]:
    now = datetime.now(UTC)
    found: dict[str, float] = {}
    for kind, name in _KINDS.items():
        try:
            when = datetime.fromisoformat(headers[f"{_PREFIX}{name}-reset"])
        except (KeyError, ValueError):
            continue
        if when.tzinfo is not None:
            found[kind] = max((when - now).total_seconds(), 0.0)
    return found


def _written(when: datetime) -> str:
    return when.replace(microsecond=0).isoformat().replace("+00:00", "Z")
