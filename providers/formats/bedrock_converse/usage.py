"""`usage` of Bedrock's Converse. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_TokenUsage.html"""

from typing import Any

from pipeline.usage import Usage
from providers.formats.counts import count, member, parts, tells, total
from providers.formats.usage_reader import latest


def read_usage(value: Any) -> Usage | None:
    """See `providers.formats.usage_reader.UsageReader`. `inputTokens` leaves out the cache's; reasoning is within the output, and
    how much of it is not told."""
    if not isinstance(value, dict) or not tells(value, "inputTokens", "outputTokens"):
        return None
    # Claude's replies have both names, side by side.
    read = count(value, "cacheReadInputTokens", "cacheReadInputTokenCount")
    write = count(value, "cacheWriteInputTokens", "cacheWriteInputTokenCount")
    written = [detail for detail in parts(value, "cacheDetails") if detail.get("ttl") == "1h"]
    return Usage(
        input=total(count(value, "inputTokens"), read, write),
        output=count(value, "outputTokens"),
        cache_read=read,
        cache_write=write,
        cache_write_1h=total(*(count(detail, "inputTokens") for detail in written)),
    )


def find_usage(reply: Any, before: Usage | None = None) -> Usage | None:
    """A reply and a stream's `metadata` message, its last, have it at the top."""
    return latest(read_usage(member(reply, "usage")), before)
