"""Ollama's counts stand among the reply's own members. https://docs.ollama.com/api/usage"""

from typing import Any

from pipeline.usage import Usage
from providers.formats.counts import count, tells
from providers.formats.usage_reader import latest


def read_usage(value: Any) -> Usage | None:
    """See `providers.formats.usage_reader.UsageReader`. A prompt that is cached in full has no count; thinking is within the
    output, and how much of it is not told."""
    if not isinstance(value, dict) or not tells(value, "prompt_eval_count", "eval_count"):
        return None
    return Usage(input=count(value, "prompt_eval_count"), output=count(value, "eval_count"))


def find_usage(reply: Any, before: Usage | None = None) -> Usage | None:
    """A reply, or a stream's last line."""
    return latest(read_usage(reply), before)
