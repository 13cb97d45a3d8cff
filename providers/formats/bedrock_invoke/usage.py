"""What Bedrock counts for a model that is invoked in its own format: the same names whatever the model, and within guardrails the
only place that has them all. In a stream's last chunk, or in a reply's headers."""

from collections.abc import Mapping
from typing import Any

from pipeline.usage import Usage
from providers.formats.counts import count, member, tells, total
from providers.formats.usage_reader import latest

_HEADERS = {
    "inputTokenCount": "x-amzn-bedrock-input-token-count",
    "outputTokenCount": "x-amzn-bedrock-output-token-count",
    "cacheReadInputTokenCount": "x-amzn-bedrock-cache-read-input-token-count",
    "cacheWriteInputTokenCount": "x-amzn-bedrock-cache-write-input-token-count",
}


def read_usage(value: Any) -> Usage | None:
    """See `providers.formats.usage_reader.UsageReader`. The input leaves out the cache's, as Converse's does."""
    if not isinstance(value, dict) or not tells(value, "inputTokenCount", "outputTokenCount"):
        return None
    read, write = count(value, "cacheReadInputTokenCount"), count(value, "cacheWriteInputTokenCount")
    return Usage(
        input=total(count(value, "inputTokenCount"), read, write),
        output=count(value, "outputTokenCount"),
        cache_read=read,
        cache_write=write,
    )


def find_usage(reply: Any, before: Usage | None = None) -> Usage | None:
    """`reply` is a chunk as the model wrote it: decoded from the event's `bytes`."""
    return latest(read_usage(member(reply, "amazon-bedrock-invocationMetrics")), before)


def read_headers(headers: Mapping[str, str]) -> Usage | None:
    """A reply's headers, by lower-case name."""
    return read_usage({name: _number(headers[header]) for name, header in _HEADERS.items() if header in headers})


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else 0
