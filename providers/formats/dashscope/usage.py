"""`usage` of DashScope's own API. https://help.aliyun.com/zh/model-studio/qwen-api-reference"""

from typing import Any

from pipeline.usage import Usage
from providers.formats.counts import count, member, part, parts, tells
from providers.formats.usage_reader import latest, summed


def read_usage(value: Any) -> Usage | None:
    """See `providers.formats.usage_reader.UsageReader`. Cached, image, audio and reasoning tokens are within the totals. None for
    pictures, which are billed by the piece."""
    if not isinstance(value, dict):
        return None
    # An application reports each model it called.
    models = [usage for usage in map(_tokens, parts(value, "models")) if usage is not None]
    return summed(models) if models else _tokens(value)


def find_usage(reply: Any, before: Usage | None = None) -> Usage | None:
    """Every event of a stream has it, for the whole stream so far; the first may be empty."""
    return latest(read_usage(member(reply, "usage")), before)


def _tokens(value: dict[str, Any]) -> Usage | None:
    if not tells(value, "input_tokens", "output_tokens", "total_tokens"):
        return None
    taken, made = part(value, "input_tokens_details"), part(value, "output_tokens_details")
    cache = part(value, "prompt_tokens_details")
    # Embeddings and rankings report the total alone.
    whole = () if tells(value, "input_tokens", "output_tokens") else ("total_tokens",)
    return Usage(
        input=count(value, "input_tokens", *whole),
        output=count(value, "output_tokens"),
        cache_read=count(cache, "cached_tokens"),
        cache_write=count(cache, "cache_creation_input_tokens"),
        reasoning=count(made, "reasoning_tokens"),
        audio_input=count(taken, "audio_tokens") or count(value, "audio_tokens"),
        audio_output=count(made, "audio_tokens"),
        image_input=count(taken, "image_tokens") or count(value, "image_tokens"),
        image_output=count(made, "image_tokens"),
        web_searches=count(part(part(value, "plugins"), "search"), "count"),
    )
