"""Usage as Anthropic writes it, in one piece and in two, and as those write it who copy the format."""

from typing import Any

import pytest

from pipeline.usage import Usage
from providers.formats.anthropic_messages.usage import find_usage, read_usage, write_usage

OBJECTS: dict[str, tuple[dict[str, Any], Usage]] = {
    "plain": ({"input_tokens": 9, "output_tokens": 3, "service_tier": "standard"}, Usage(input=9, output=3)),
    "the cache beside the input": (
        {"input_tokens": 4, "cache_creation_input_tokens": 3522, "cache_read_input_tokens": 1150, "output_tokens": 113},
        Usage(input=4676, output=113, cache_read=1150, cache_write=3522),
    ),
    "what is kept for an hour": (
        {
            "input_tokens": 10,
            "cache_creation_input_tokens": 700,
            "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 500},
            "output_tokens": 1,
        },
        Usage(input=710, output=1, cache_write=700, cache_write_1h=500),
    ),
    "the two halves of a write without their sum": (
        {
            "input_tokens": 10,
            "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 500},
            "output_tokens": 1,
        },
        Usage(input=710, output=1, cache_write=700, cache_write_1h=500),
    ),
    "thinking within the output": (
        {"input_tokens": 5, "output_tokens": 290, "output_tokens_details": {"thinking_tokens": 15}},
        Usage(input=5, output=290, reasoning=15),
    ),
    "searches, and pages fetched": (
        {"input_tokens": 5, "output_tokens": 2, "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 7}},
        Usage(input=5, output=2, web_searches=2),
    ),
    "rounds, of which the top leaves the compaction out": (
        {
            "input_tokens": 100,
            "output_tokens": 20,
            "iterations": [
                {"type": "compaction", "input_tokens": 180000, "output_tokens": 3500},
                {"type": "message", "input_tokens": 100, "cache_read_input_tokens": 30, "output_tokens": 20},
            ],
            "server_tool_use": {"web_search_requests": 1},
        },
        Usage(input=180130, output=3520, cache_read=30, web_searches=1),
    ),
    "rounds that tell nothing": (
        {"input_tokens": 100, "output_tokens": 20, "iterations": [{}, None]},
        Usage(input=100, output=20),
    ),
    "null details": (
        {"input_tokens": 9, "cache_creation": None, "output_tokens": 3, "server_tool_use": None, "iterations": None},
        Usage(input=9, output=3),
    ),
}


@pytest.mark.parametrize("case", OBJECTS)
def test_what_a_usage_object_says(case: str) -> None:
    value, usage = OBJECTS[case]
    assert read_usage(value) == usage
    assert find_usage({"type": "message", "usage": value}) == usage


START = {
    "input_tokens": 10,
    "cache_creation_input_tokens": 700,
    "cache_read_input_tokens": 90,
    "cache_creation": {"ephemeral_5m_input_tokens": 200, "ephemeral_1h_input_tokens": 500},
    "output_tokens": 1,
}
STARTED = Usage(input=800, output=1, cache_read=90, cache_write=700, cache_write_1h=500)

# What message_start says, what message_delta says, and what is known after both.
STREAMS: dict[str, tuple[dict[str, Any], dict[str, Any] | None, Usage]] = {
    "no delta yet": (START, None, STARTED),
    "a delta with the output alone": (
        START,
        {"output_tokens": 250},
        Usage(input=800, output=250, cache_read=90, cache_write=700, cache_write_1h=500),
    ),
    "a delta that repeats the input": (
        START,
        {"input_tokens": 10, "cache_creation_input_tokens": 700, "cache_read_input_tokens": 90, "output_tokens": 250},
        Usage(input=800, output=250, cache_read=90, cache_write=700, cache_write_1h=500),
    ),
    "searches that made the input grow": (
        {"input_tokens": 2068, "output_tokens": 8},
        {"input_tokens": 22397, "output_tokens": 637, "server_tool_use": {"web_search_requests": 2}},
        Usage(input=22397, output=637, web_searches=2),
    ),
    "zeros first, as some vendors begin": (
        {"input_tokens": 0, "output_tokens": 0},
        {"input_tokens": 768, "output_tokens": 128},
        Usage(input=768, output=128),
    ),
    "zeros last, as others end": (
        {"input_tokens": 768, "cache_read_input_tokens": 5, "output_tokens": 1},
        {"input_tokens": 0, "cache_read_input_tokens": 0, "output_tokens": 128},
        Usage(input=773, output=128, cache_read=5),
    ),
    "an estimate first, which proves to be all cached": (
        {"input_tokens": 1000, "output_tokens": 0},
        {"input_tokens": 0, "cache_read_input_tokens": 990, "output_tokens": 4},
        Usage(input=990, output=4, cache_read=990),
    ),
    "nulls last": (
        START,
        {"input_tokens": None, "cache_creation": None, "output_tokens": 7},
        Usage(input=800, output=7, cache_read=90, cache_write=700, cache_write_1h=500),
    ),
    "rounds last": (
        {"input_tokens": 100, "output_tokens": 1},
        {
            "output_tokens": 20,
            "iterations": [{"input_tokens": 500, "output_tokens": 50}, {"input_tokens": 100, "output_tokens": 20}],
        },
        Usage(input=600, output=70),
    ),
}


@pytest.mark.parametrize("case", STREAMS)
def test_a_delta_replaces_what_it_knows_better(case: str) -> None:
    start, delta, usage = STREAMS[case]
    known = find_usage({"type": "message_start", "message": {"usage": start}})
    assert find_usage({"type": "message_delta", "delta": {}, "usage": delta}, known) == usage


def test_several_deltas_are_not_added() -> None:
    known = find_usage({"type": "message_start", "message": {"usage": START}})
    for output in (20, 250, 250):
        known = find_usage({"type": "message_delta", "usage": {"output_tokens": output}}, known)
    assert known == Usage(input=800, output=250, cache_read=90, cache_write=700, cache_write_1h=500)


def test_other_events_change_nothing() -> None:
    assert find_usage({"type": "ping"}, STARTED) == STARTED
    assert find_usage({"type": "ping"}) is None


@pytest.mark.parametrize("case", OBJECTS)
def test_what_is_written_is_read_as_the_same(case: str) -> None:
    _, usage = OBJECTS[case]
    assert read_usage(write_usage(usage)) == usage


def test_parts_that_exceed_the_whole_are_cut_to_it() -> None:
    written = write_usage(Usage(input=10, cache_read=8, cache_write=8, cache_write_1h=8))
    assert (written["input_tokens"], written["cache_read_input_tokens"], written["cache_creation_input_tokens"]) == (0, 8, 2)
