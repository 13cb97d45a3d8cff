"""`usage` objects of Anthropic's messages. `input_tokens` leaves out what was read from and written to the cache."""

from dataclasses import replace
from typing import Any

from pipeline.usage import Usage
from providers.formats.counts import count, member, part, parts, tells, total
from providers.formats.usage_reader import summed

_INPUT = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
_DETAILS = ("cache_creation", "output_tokens_details", "server_tool_use")


def read_usage(value: Any) -> Usage | None:
    """See `providers.formats.usage_reader.UsageReader`."""
    if not isinstance(value, dict) or not tells(value, *_INPUT, "output_tokens"):
        return None
    # Several rounds made the reply, and the counts at the top leave a compaction's out.
    rounds = [one for one in parts(value, "iterations") if tells(one, *_INPUT, "output_tokens")]
    searches = count(part(value, "server_tool_use"), "web_search_requests")
    return replace(summed(map(_tokens, rounds or [value])), web_searches=searches)


def find_usage(reply: Any, before: Usage | None = None) -> Usage | None:
    """A reply and `message_delta` have it at the top, `message_start` in `message`. A delta's counts are running totals, and need
    not repeat the input's. Vendors who copy the format put zeros or an estimate where they do not know yet."""
    value = member(reply, "usage") or member(part(reply, "message"), "usage")
    found = read_usage(value)
    if found is None or before is None:
        return found or before
    return read_usage(_known(before) | _told(value))


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


def _tokens(value: dict[str, Any]) -> Usage:
    creation = part(value, "cache_creation")
    hour = count(creation, "ephemeral_1h_input_tokens")
    read = count(value, "cache_read_input_tokens")
    write = count(value, "cache_creation_input_tokens") or total(count(creation, "ephemeral_5m_input_tokens"), hour)
    return Usage(
        input=total(count(value, "input_tokens"), read, write),
        output=count(value, "output_tokens"),
        cache_read=read,
        cache_write=write,
        cache_write_1h=hour,
        reasoning=count(part(value, "output_tokens_details"), "thinking_tokens"),
    )


def _known(before: Usage) -> dict[str, Any]:
    """As the vendor would have told it."""
    return {
        "input_tokens": max(before.input - before.cache_read - before.cache_write, 0),
        "cache_read_input_tokens": before.cache_read,
        "cache_creation_input_tokens": before.cache_write,
        "cache_creation": {"ephemeral_1h_input_tokens": before.cache_write_1h},
        "output_tokens": before.output,
        "output_tokens_details": {"thinking_tokens": before.reasoning},
        "server_tool_use": {"web_search_requests": before.web_searches},
    }


def _told(value: dict[str, Any]) -> dict[str, Any]:
    """What this event knows better. An input that is zero in all its parts is not known; a part that is zero beside others is."""
    names = ["iterations", "output_tokens"] if count(value, "output_tokens") else ["iterations"]
    if any(count(value, name) for name in _INPUT):
        names += _INPUT
    names += [name for name in _DETAILS if any(count(part(value, name), detail) for detail in part(value, name))]
    return {name: value[name] for name in names if value.get(name) is not None}
