"""`usage` objects of OpenAI's chat format and of the vendors that bend it; of embeddings and reranking in that style too."""

from typing import Any

from pipeline.usage import Usage
from providers.formats.counts import count, member, part, parts, tells, total
from providers.formats.usage_reader import latest


def read_usage(value: Any) -> Usage | None:
    """See `providers.formats.usage_reader.UsageReader`."""
    if not isinstance(value, dict) or not tells(value, "prompt_tokens", "completion_tokens", "total_tokens"):
        return None
    # Mistral writes `prompt_token_details` too.
    prompt = part(value, "prompt_tokens_details", "prompt_token_details")
    completion = part(value, "completion_tokens_details")
    # Voyage and Jina report an embedding's or a ranking's tokens as the total alone.
    whole = () if tells(value, "prompt_tokens", "completion_tokens") else ("total_tokens",)
    prompted, completed = count(value, "prompt_tokens", *whole), count(value, "completion_tokens")
    # GitHub Copilot: beside the details.
    reasoning = count(completion, "reasoning_tokens") or count(value, "reasoning_tokens")
    beside = _beside(value, prompted, completed, reasoning)
    return Usage(
        input=prompted,
        output=total(completed, beside),
        cache_read=count(prompt, "cached_tokens") or count(value, *_CACHE_READ),
        # DashScope: `cache_creation_input_tokens`.
        cache_write=count(prompt, "cache_write_tokens", "cache_creation_input_tokens") or count(value, *_CACHE_WRITE),
        reasoning=reasoning or beside,
        audio_input=count(prompt, "audio_tokens"),
        audio_output=count(completion, "audio_tokens"),
        image_input=count(prompt, "image_tokens"),
        image_output=count(completion, "image_tokens"),
        # Perplexity, Baichuan; OpenRouter.
        web_searches=count(value, "num_search_queries", "search_count")
        or count(part(value, "server_tool_use"), "web_search_requests"),
    )


def find_usage(reply: Any, before: Usage | None = None) -> Usage | None:
    """At the top, in Groq's `x_groq`, or in Moonshot's first choice: some tell it in two of these, none of them two halves."""
    found = read_usage(member(reply, "usage"))
    if found is None:
        found = read_usage(part(reply, "x_groq").get("usage"))
    if found is None:
        found = next((read_usage(choice.get("usage")) for choice in parts(reply, "choices")), None)
    return latest(found, before)


# DeepSeek, Moonshot, Mistral, Databricks and Venice, LongCat: each beside the details, and within `prompt_tokens`.
_CACHE_READ = ("prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens", "cache_read_input_tokens", "cache_read_tokens")
_CACHE_WRITE = ("cache_creation_input_tokens", "cache_write_tokens")


def _beside(value: dict[str, Any], prompted: int, completed: int, reasoning: int) -> int:
    """The reasoning that `completion_tokens` leaves out, where everybody else has it within. Only the total tells.

    xAI says how much it was. Google's OpenAI endpoint has no details at all, and does not say that there was any; see
    https://github.com/Clarifai/clarifai-python/pull/978. Mistral's total holds a recording's tokens: billed by the second.
    """
    gap = count(value, "total_tokens") - prompted - completed
    if reasoning:
        return reasoning if gap == reasoning else 0
    silent = tells(value, "completion_tokens") and not part(value, "completion_tokens_details")
    return max(gap, 0) if silent and "prompt_audio_seconds" not in value else 0
