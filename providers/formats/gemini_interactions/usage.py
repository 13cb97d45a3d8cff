"""`usage` of Gemini's interactions. https://ai.google.dev/gemini-api/docs/interactions"""

from typing import Any

from pipeline.usage import Usage
from providers.formats.counts import count, member, part, parts, tells, total
from providers.formats.usage_reader import latest

_COUNTS = ("total_input_tokens", "total_output_tokens", "total_thought_tokens", "total_tool_use_tokens")


def read_usage(value: Any) -> Usage | None:
    """See `providers.formats.usage_reader.UsageReader`. As in `generateContent`, thoughts are beside the output and what tools
    returned is beside the input."""
    if not isinstance(value, dict) or not tells(value, *_COUNTS):
        return None
    thoughts = count(value, "total_thought_tokens")
    return Usage(
        input=total(count(value, "total_input_tokens"), count(value, "total_tool_use_tokens")),
        output=total(count(value, "total_output_tokens"), thoughts),
        cache_read=count(value, "total_cached_tokens"),
        reasoning=thoughts,
        audio_input=_of(value, "input_tokens_by_modality", "audio"),
        audio_output=_of(value, "output_tokens_by_modality", "audio"),
        image_input=_of(value, "input_tokens_by_modality", "image"),
        image_output=_of(value, "output_tokens_by_modality", "image"),
        web_searches=total(
            *(count(tool, "count") for tool in parts(value, "grounding_tool_count") if tool.get("type") == "google_search")
        ),
    )


def find_usage(reply: Any, before: Usage | None = None) -> Usage | None:
    """An interaction has it at the top, `interaction.completed` in `interaction`."""
    return latest(read_usage(member(part(reply, "interaction") or reply, "usage")), before)


def _of(value: dict[str, Any], name: str, modality: str) -> int:
    return total(*(count(detail, "tokens") for detail in parts(value, name) if detail.get("modality") == modality))
