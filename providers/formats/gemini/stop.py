"""Why a candidate ended, in the words of this format."""

from collections.abc import Mapping
from typing import Any

from providers.canonical import Stop, StopReason

_FILTERED = (
    "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "MODEL_ARMOR", "IMAGE_SAFETY",
    "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION", "ESCALATION",
)  # fmt: skip

_MALFORMED = (
    "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MISSING_THOUGHT_SIGNATURE", "MALFORMED_RESPONSE",
)  # fmt: skip

_READ = {
    "MAX_TOKENS": StopReason.LENGTH,
    "CONTINUATION": StopReason.PAUSED,
    **dict.fromkeys(_FILTERED, StopReason.FILTERED),
    **dict.fromkeys(_MALFORMED, StopReason.MALFORMED),
}

_WRITTEN = {
    StopReason.LENGTH: "MAX_TOKENS",
    StopReason.CONTEXT: "MAX_TOKENS",
    StopReason.PAUSED: "CONTINUATION",
    StopReason.FILTERED: "SAFETY",
    StopReason.MALFORMED: "MALFORMED_FUNCTION_CALL",
}


def read_stop(word: Any, message: Any = None, *, called: bool) -> Stop:
    """There is no word for a call: `STOP` is said after one too."""
    reason = _READ.get(word, StopReason.END) if isinstance(word, str) else StopReason.END
    if called and reason is StopReason.END:
        reason = StopReason.TOOL_CALLS
    return Stop(
        reason,
        category=word if reason is StopReason.FILTERED else None,
        explanation=message if isinstance(message, str) and message and reason is StopReason.FILTERED else None,
        raw=word if isinstance(word, str) else None,
    )


def read_block(feedback: Any) -> Stop | None:
    """The prompt itself was refused, and there is no candidate."""
    reason = feedback.get("blockReason") if isinstance(feedback, Mapping) else None
    if not isinstance(reason, str):
        return None
    message = feedback.get("blockReasonMessage")
    return Stop(StopReason.FILTERED, category=reason, explanation=message if isinstance(message, str) else None, raw=reason)


def write_stop(stop: Stop) -> dict[str, Any]:
    word = stop.raw if stop.raw in _READ and _READ[stop.raw] is stop.reason else _WRITTEN.get(stop.reason, "STOP")
    return {"finishReason": word} | ({"finishMessage": stop.explanation} if stop.explanation else {})
