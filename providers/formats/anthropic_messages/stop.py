"""Why a message ended, in the words of this format."""

from collections.abc import Mapping
from typing import Any

from providers.canonical import Stop, StopReason

_READ = {
    "end_turn": StopReason.END,
    "max_tokens": StopReason.LENGTH,
    "stop_sequence": StopReason.STOP_SEQUENCE,
    "tool_use": StopReason.TOOL_CALLS,
    "pause_turn": StopReason.PAUSED,
    "refusal": StopReason.FILTERED,
    "model_context_window_exceeded": StopReason.CONTEXT,
    "compaction": StopReason.PAUSED,
}

_WRITTEN = {reason: word for word, reason in reversed(_READ.items())} | {StopReason.PAUSED: "pause_turn"}


def read_stop(value: Mapping[str, Any], *, called: bool) -> Stop:
    """From a message, or a `message_delta`'s delta. `tool_use` without a call would make agents wait for one."""
    word, sequence = value.get("stop_reason"), value.get("stop_sequence")
    reason = _READ.get(word, StopReason.END) if isinstance(word, str) else StopReason.END
    if reason in (StopReason.END, StopReason.TOOL_CALLS):
        reason = StopReason.TOOL_CALLS if called else StopReason.END
    details = value.get("stop_details")
    details = details if isinstance(details, dict) else {}
    category, explanation = details.get("category"), details.get("explanation")
    return Stop(
        reason,
        sequence=sequence if isinstance(sequence, str) else None,
        category=category if isinstance(category, str) else None,
        explanation=explanation if isinstance(explanation, str) else None,
        raw=word if isinstance(word, str) else None,
    )


def write_stop(stop: Stop) -> dict[str, Any]:
    found: dict[str, Any] = {"stop_reason": _WRITTEN.get(stop.reason, "end_turn"), "stop_sequence": stop.sequence}
    if stop.reason is StopReason.FILTERED:
        found["stop_details"] = {"type": "refusal", "category": stop.category, "explanation": stop.explanation}
    return found
