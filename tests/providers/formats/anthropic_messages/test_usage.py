"""Anthropic's usage objects, read and written."""

from typing import Any

import pytest

from pipeline.usage import Usage
from providers.formats.anthropic_messages.usage import merged, read_usage, write_usage

WHOLE = {
    "input_tokens": 10,
    "cache_creation_input_tokens": 7,
    "cache_read_input_tokens": 5,
    "cache_creation": {"ephemeral_5m_input_tokens": 3, "ephemeral_1h_input_tokens": 4},
    "output_tokens": 20,
    "output_tokens_details": {"thinking_tokens": 8},
    "server_tool_use": {"web_search_requests": 2, "web_fetch_requests": 1},
}
ROUNDS = [
    {"type": "compaction", "input_tokens": 100, "output_tokens": 10},
    {"type": "message", "input_tokens": 5, "output_tokens": 2},
]

READ: list[tuple[Any, Usage | None]] = [
    (WHOLE, Usage(input=22, output=20, cache_read=5, cache_write=7, cache_write_1h=4, reasoning=8, web_searches=2)),
    ({"input_tokens": 3, "output_tokens": 1}, Usage(input=3, output=1)),
    ({"input_tokens": 1, "cache_creation": {"ephemeral_5m_input_tokens": 2}}, Usage(input=3, cache_write=2)),
    ({"input_tokens": 5, "output_tokens": 2, "iterations": ROUNDS}, Usage(input=105, output=12)),
    ({"input_tokens": -4, "output_tokens": "x", "iterations": 3, "cache_creation": []}, Usage()),
    (None, None),
    ([], None),
]


@pytest.mark.parametrize(("value", "usage"), READ)
def test_what_is_excluded_there_is_included_here(value: Any, usage: Usage | None) -> None:
    assert read_usage(value) == usage


@pytest.mark.parametrize("usage", [usage for _, usage in READ if usage is not None])
def test_what_is_written_is_read_as_the_same(usage: Usage) -> None:
    assert read_usage(write_usage(usage)) == usage


def test_parts_that_exceed_the_whole_are_cut_to_it() -> None:
    written = write_usage(Usage(input=10, cache_read=8, cache_write=8, cache_write_1h=8))
    assert (written["input_tokens"], written["cache_read_input_tokens"], written["cache_creation_input_tokens"]) == (0, 8, 2)


@pytest.mark.parametrize(
    ("before", "after", "together"),
    [
        ({"input_tokens": 9, "output_tokens": 1}, {"output_tokens": 5}, {"input_tokens": 9, "output_tokens": 5}),
        ({"input_tokens": 0}, {"input_tokens": 9}, {"input_tokens": 9}),
        ({"input_tokens": 9}, {"input_tokens": 0}, {"input_tokens": 9}),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}, {"a": {"b": 3, "c": 2}}),
        ({"a": 1}, {"a": None}, {"a": 1}),
        ({"a": 1}, None, {"a": 1}),
        (None, {"a": 1}, {"a": 1}),
        ({"a": "x"}, {"a": 1}, {"a": 1}),
    ],
)
def test_a_streams_two_reports_are_totals_both(before: Any, after: Any, together: Any) -> None:
    assert merged(before, after) == together
