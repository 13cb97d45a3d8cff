"""`usage` objects of OpenAI's responses format, which its images and transcriptions share."""

from dataclasses import replace
from typing import Any

from pipeline.usage import Usage
from providers.formats.counts import count, member, part, parts, tells, total
from providers.formats.usage_reader import latest


def read_usage(value: Any) -> Usage | None:
    """See `providers.formats.usage_reader.UsageReader`. None for a recording that is billed by the second."""
    if not isinstance(value, dict) or not tells(value, "input_tokens", "output_tokens"):
        return None
    # Transcriptions and realtime write `input_token_details`.
    taken = part(value, "input_tokens_details", "input_token_details")
    made = part(value, "output_tokens_details", "output_token_details")
    # xAI runs tools by itself and bills each call; OpenAI tells its own outside of `usage`.
    tools = part(value, "server_side_tool_usage_details")
    return Usage(
        input=count(value, "input_tokens"),
        output=count(value, "output_tokens"),
        cache_read=count(taken, "cached_tokens"),
        cache_write=count(taken, "cache_write_tokens"),
        reasoning=count(made, "reasoning_tokens"),
        audio_input=count(taken, "audio_tokens"),
        audio_output=count(made, "audio_tokens"),
        image_input=count(taken, "image_tokens"),
        image_output=count(made, "image_tokens"),
        web_searches=total(count(tools, "web_search_calls"), count(tools, "x_search_calls")),
    )


def find_usage(reply: Any, before: Usage | None = None) -> Usage | None:
    """A reply has it at the top, as have an image's and a transcription's last events; `response.completed`, `.incomplete` and
    `.failed` have it in `response`, where earlier events say null."""
    reply = part(reply, "response") or reply
    found = read_usage(member(reply, "usage"))
    if found is None:
        return before
    tools = part(reply, "tool_usage")
    pictures = read_usage(member(tools, "image_gen")) or Usage()
    searches = found.web_searches or count(part(tools, "web_search"), "num_requests") or _searches(reply)
    # The image tool is another model's work, and its tokens are not within `usage`.
    found = replace(
        found,
        input=total(found.input, pictures.input),
        output=total(found.output, pictures.output),
        image_input=total(found.image_input, pictures.image_input),
        image_output=total(found.image_output, pictures.image_output),
        web_searches=searches,
    )
    return latest(found, before)


def _searches(reply: Any) -> int:
    """The calls that searched; those that opened a page or looked for a text within it are not billed. xAI names no action.
    https://platform.openai.com/docs/guides/tools-web-search"""
    calls = [item for item in parts(reply, "output") if item.get("type") == "web_search_call"]
    return sum(part(call, "action").get("type", "search") == "search" for call in calls)
