"""What Cohere bills. https://docs.cohere.com/reference/chat#response.body.usage"""

from typing import Any

from pipeline.usage import Usage
from providers.formats.counts import count, member, part, tells
from providers.formats.usage_reader import latest


def read_usage(value: Any) -> Usage | None:
    """See `providers.formats.usage_reader.UsageReader`. `tokens` counts what the model saw, with Cohere's own instructions, and
    `billed_units` what is paid for; the cached and the reasoning tokens are parts of the former, so they are not told here. None
    for what is billed by the search or the image."""
    if not isinstance(value, dict):
        return None
    billed = part(value, "billed_units")
    if not tells(billed, "input_tokens", "output_tokens"):
        # SiliconFlow's rankings copy the shape and have nothing else.
        billed = part(value, "tokens")
    if not tells(billed, "input_tokens", "output_tokens"):
        return None
    return Usage(input=count(billed, "input_tokens"), output=count(billed, "output_tokens"))


def find_usage(reply: Any, before: Usage | None = None) -> Usage | None:
    """Chat v2 says `usage`, all else `meta`; v2's `message-end` has it in `delta`, v1's `stream-end` in `response`."""
    reply = part(reply, "delta", "response") or reply
    return latest(read_usage(member(reply, "usage")) or read_usage(member(reply, "meta")), before)
