"""Why an answer ended, in the words of this format."""

from typing import Any

from providers.canonical import Stop, StopReason

_READ = {
    "stop": StopReason.END,
    "length": StopReason.LENGTH,
    "content_filter": StopReason.FILTERED,
    # Mistral's; and those of vendors that pass on another format's word.
    "model_length": StopReason.LENGTH,
    "max_tokens": StopReason.LENGTH,
    "sensitive": StopReason.FILTERED,
    "refusal": StopReason.FILTERED,
}

_WRITTEN = {
    StopReason.LENGTH: "length",
    StopReason.CONTEXT: "length",
    StopReason.PAUSED: "length",
    StopReason.TOOL_CALLS: "tool_calls",
    StopReason.FILTERED: "content_filter",
}


def read_stop(word: Any, *, called: bool) -> Stop:
    """Some vendors say `stop` after tool calls, and `tool_calls` without any: a client would wait for them."""
    reason = _READ.get(word, StopReason.END) if isinstance(word, str) else StopReason.END
    if called and reason is StopReason.END:
        reason = StopReason.TOOL_CALLS
    return Stop(reason, raw=word if isinstance(word, str) else None)


def write_stop(stop: Stop) -> str:
    return _WRITTEN.get(stop.reason, "stop")
