"""`usage` objects of Anthropic's format."""

from typing import Any

from pipeline.usage import Usage
from providers.formats.counts import count, part
from providers.formats.loose import objects_in


def read_usage(value: Any) -> Usage | None:
    """None for anything that is no usage object. `input_tokens` leaves out what was read from and written to the cache. Where
    there are `iterations` (compaction), they are what is billed: the totals leave some of it out."""
    if not isinstance(value, dict):
        return None
    rounds = objects_in(value.get("iterations")) or [value]
    found = [_tokens(each) for each in rounds]
    return Usage(
        input=sum(each.input for each in found),
        output=sum(each.output for each in found),
        cache_read=sum(each.cache_read for each in found),
        cache_write=sum(each.cache_write for each in found),
        cache_write_1h=sum(each.cache_write_1h for each in found),
        reasoning=count(part(value, "output_tokens_details"), "thinking_tokens"),
        web_searches=count(part(value, "server_tool_use"), "web_search_requests"),
    )


def _tokens(value: dict[str, Any]) -> Usage:
    read = count(value, "cache_read_input_tokens")
    split = part(value, "cache_creation")
    hour = count(split, "ephemeral_1h_input_tokens")
    written = count(value, "cache_creation_input_tokens") or hour + count(split, "ephemeral_5m_input_tokens")
    return Usage(
        input=count(value, "input_tokens") + read + written,
        output=count(value, "output_tokens"),
        cache_read=read,
        cache_write=written,
        cache_write_1h=min(hour, written),
    )


def merged(before: Any, after: Any) -> Any:
    """What a stream said at its start and at its end, which are totals both: each count as high as it was reported, for some
    vendors put zeros in the one or leave counts out of the other."""
    if not isinstance(before, dict) or not isinstance(after, dict):
        return before if after is None else after
    found = dict(before)
    for name, value in after.items():
        earlier = before.get(name)
        if isinstance(value, dict):
            found[name] = merged(earlier, value)
        elif type(value) is int and type(earlier) is int:
            found[name] = max(value, earlier)
        elif value is not None:
            found[name] = value
    return found


def write_usage(usage: Usage) -> dict[str, Any]:
    """The parts of the prompt never make more than the whole, whatever a vendor reported."""
    read = min(usage.cache_read, usage.input)
    written = min(usage.cache_write, usage.input - read)
    hour = min(usage.cache_write_1h, written)
    found: dict[str, Any] = {
        "input_tokens": usage.input - read - written,
        "cache_creation_input_tokens": written,
        "cache_read_input_tokens": read,
        "cache_creation": {"ephemeral_5m_input_tokens": written - hour, "ephemeral_1h_input_tokens": hour},
        "output_tokens": usage.output,
        "output_tokens_details": {"thinking_tokens": usage.reasoning},
        "service_tier": "standard",
    }
    if usage.web_searches:
        found["server_tool_use"] = {"web_search_requests": usage.web_searches, "web_fetch_requests": 0}
    return found
