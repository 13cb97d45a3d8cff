"""Why an answer ended: `status`, and `incomplete_details.reason`."""

from collections.abc import Mapping
from typing import Any

from providers.canonical import Stop, StopReason

_READ = {"max_output_tokens": StopReason.LENGTH, "max_tokens": StopReason.LENGTH, "content_filter": StopReason.FILTERED}

_INCOMPLETE = {
    StopReason.LENGTH: "max_output_tokens",
    StopReason.CONTEXT: "max_output_tokens",
    StopReason.PAUSED: "max_output_tokens",
    StopReason.FILTERED: "content_filter",
}


def read_stop(response: Mapping[str, Any], *, called: bool) -> Stop:
    details = response.get("incomplete_details")
    word = details.get("reason") if isinstance(details, dict) else None
    if response.get("status") == "incomplete" or word is not None:
        return Stop(_READ.get(str(word), StopReason.LENGTH), raw=str(word or "incomplete"))
    return Stop(StopReason.TOOL_CALLS if called else StopReason.END, raw=str(response.get("status") or "completed"))


def write_stop(stop: Stop) -> dict[str, Any]:
    """The members of a response that say so."""
    if (reason := _INCOMPLETE.get(stop.reason)) is not None:
        return {"status": "incomplete", "incomplete_details": {"reason": reason}}
    return {"status": "completed", "incomplete_details": None}
