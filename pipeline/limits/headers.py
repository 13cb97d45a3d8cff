"""How limits stand, in the headers of the caller's format."""

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from pipeline.limits.claims import Meter, Refusal

VENDORS = "x-ratelimit-"
"""How the headers begin in which vendors tell of our account's limits there. Beside our own they would only mislead."""

Render = Callable[[Meter, Literal["requests", "tokens"]], dict[str, str]]


def limit_headers(format_name: str, meters: Iterable[Meter]) -> dict[str, str]:
    """Of the limits on requests, and of those on tokens, the one that leaves least; slots have no header in any format."""
    render = FORMATS.get(format_name, _openai)
    tightest: dict[Literal["requests", "tokens"], Meter] = {}
    for meter in meters:
        counts = meter.claim.measure.counts
        if counts != "slots" and (counts not in tightest or meter.remaining < tightest[counts].remaining):
            tightest[counts] = meter
    return {name: value for counts, meter in tightest.items() for name, value in render(meter, counts).items()}


def refusal_headers(format_name: str, refusal: Refusal) -> dict[str, str]:
    """Of the limit that was met. The SDKs of OpenAI and Anthropic ask again after a 429 unless they are told not to."""
    headers = limit_headers(format_name, [refusal.meter])
    return headers | {"x-should-retry": "false"} if refusal.hopeless else headers


def without_vendors(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in headers.items() if not name.startswith(VENDORS)}


def _openai(meter: Meter, counts: Literal["requests", "tokens"]) -> dict[str, str]:
    """https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers"""
    return {
        f"x-ratelimit-limit-{counts}": str(meter.claim.limit),
        f"x-ratelimit-remaining-{counts}": str(meter.remaining),
        f"x-ratelimit-reset-{counts}": go_duration(meter.reset),
    }


def go_duration(seconds: float) -> str:
    """As Go prints it: `17ms`, `1.5s`, `6m0s`, `1h2m3.5s`. Rounded to milliseconds."""
    milliseconds = round(seconds * 1000)
    if milliseconds < 1000:
        return f"{milliseconds}ms"
    minutes, left = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    text = f"{left / 1000:g}s"
    if hours:
        return f"{hours}h{minutes}m{text}"
    return f"{minutes}m{text}" if minutes else text


FORMATS: dict[str, Render] = {"openai_chat": _openai}
