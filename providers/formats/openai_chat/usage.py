"""`usage` objects of OpenAI's chat format and of the vendors that bend it."""

from typing import Any

from pipeline.usage import Usage
from providers.formats.counts import count, part


def read_usage(value: Any) -> Usage | None:
    """None for anything that is no usage object. A count that is not a whole number from 0 to `counts.LIMIT` counts as zero."""
    if not isinstance(value, dict):
        return None
    prompt = part(value, "prompt_tokens_details")
    completion = part(value, "completion_tokens_details")
    reasoning = count(completion, "reasoning_tokens")
    prompted, output = count(value, "prompt_tokens"), count(value, "completion_tokens")
    # DeepSeek: prompt_cache_hit_tokens; Moonshot: cached_tokens beside the details.
    cache_read = count(prompt, "cached_tokens") or count(value, "prompt_cache_hit_tokens") or count(value, "cached_tokens")
    # xAI counts reasoning beside the completion, everybody else within it; only the total tells. Sums that disagree in other
    # ways are passed on as they were reported: what they may cost is for whoever prices them to judge.
    beside = count(value, "total_tokens") == prompted + output + reasoning
    return Usage(
        input=prompted,
        output=output + (reasoning if beside else 0),
        cache_read=cache_read,
        cache_write=count(prompt, "cache_write_tokens"),
        reasoning=reasoning,
        audio_input=count(prompt, "audio_tokens"),
        audio_output=count(completion, "audio_tokens"),
        image_input=count(prompt, "image_tokens"),
    )


def find_usage(reply: dict[str, Any]) -> Usage | None:
    """The usage of a decoded reply or chunk: at the top, in Groq's `x_groq`, or in Moonshot's first choice."""
    found = read_usage(reply.get("usage"))
    if found is None and isinstance(reply.get("x_groq"), dict):
        found = read_usage(reply["x_groq"].get("usage"))
    if found is None and isinstance(reply.get("choices"), list) and reply["choices"]:
        first = reply["choices"][0]
        found = read_usage(first.get("usage")) if isinstance(first, dict) else None
    return found
