"""Usage as OpenAI writes it, and as those write it who bend the format; see each vendor's page."""

from typing import Any

import pytest

from pipeline.usage import Usage
from providers.formats.openai_chat.usage import find_usage, read_usage

PLAIN = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}

OBJECTS: dict[str, tuple[dict[str, Any], Usage]] = {
    "plain": (PLAIN, Usage(input=9, output=3)),
    "all details": (
        {
            "prompt_tokens": 100,
            "completion_tokens": 50,
            "total_tokens": 150,
            "prompt_tokens_details": {"cached_tokens": 40, "cache_write_tokens": 8, "audio_tokens": 7, "image_tokens": 6},
            "completion_tokens_details": {"reasoning_tokens": 30, "audio_tokens": 5, "rejected_prediction_tokens": 2},
        },
        Usage(input=100, output=50, cache_read=40, cache_write=8, reasoning=30, audio_input=7, audio_output=5, image_input=6),
    ),
    "null details": ({**PLAIN, "prompt_tokens_details": None, "completion_tokens_details": None}, Usage(input=9, output=3)),
    "an embedding's, without output": ({"prompt_tokens": 9, "total_tokens": 9}, Usage(input=9)),
    "DeepSeek's cache hits": (
        {
            "prompt_tokens": 1200,
            "completion_tokens": 50,
            "total_tokens": 1250,
            "prompt_cache_hit_tokens": 1024,
            "prompt_cache_miss_tokens": 176,
            "completion_tokens_details": {"reasoning_tokens": 40},
        },
        Usage(input=1200, output=50, cache_read=1024, reasoning=40),
    ),
    "DeepSeek's, told twice": (
        {"prompt_tokens": 1200, "prompt_cache_hit_tokens": 1024, "prompt_tokens_details": {"cached_tokens": 1024}},
        Usage(input=1200, cache_read=1024),
    ),
    "Moonshot's cached tokens": (
        {
            "prompt_tokens": 900,
            "completion_tokens": 60,
            "total_tokens": 960,
            "cached_tokens": 768,
            "completion_tokens_details": {"reasoning_tokens": 44},
        },
        Usage(input=900, output=60, cache_read=768, reasoning=44),
    ),
    "xAI's reasoning beside the completion": (
        {
            "prompt_tokens": 20,
            "completion_tokens": 5,
            "total_tokens": 125,
            "completion_tokens_details": {"reasoning_tokens": 100},
        },
        Usage(input=20, output=105, reasoning=100),
    ),
    "parts that are more than their whole, as reported": (
        {"prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25, "prompt_tokens_details": {"cached_tokens": 300}},
        Usage(input=20, output=5, cache_read=300),
    ),
    "reasoning within the completion": (
        {
            "prompt_tokens": 20,
            "completion_tokens": 105,
            "total_tokens": 125,
            "completion_tokens_details": {"reasoning_tokens": 100},
        },
        Usage(input=20, output=105, reasoning=100),
    ),
    "all of it reasoning": (
        {"prompt_tokens": 1, "completion_tokens": 7, "total_tokens": 8, "completion_tokens_details": {"reasoning_tokens": 7}},
        Usage(input=1, output=7, reasoning=7),
    ),
    "Google's reasoning, which only the total tells": (
        {"prompt_tokens": 66, "completion_tokens": 6, "total_tokens": 100},
        Usage(input=66, output=34, reasoning=28),
    ),
    "Google's, when the answer got no further": (
        {"prompt_tokens": 66, "completion_tokens": 0, "total_tokens": 100},
        Usage(input=66, output=34, reasoning=34),
    ),
    "a total that details do not explain, as reported": (
        {**PLAIN, "total_tokens": 100, "completion_tokens_details": {"reasoning_tokens": 1}},
        Usage(input=9, output=3, reasoning=1),
    ),
    "a total without its parts' sum, as reported": ({**PLAIN, "total_tokens": 5}, Usage(input=9, output=3)),
    "Mistral's recordings, of which the total holds the seconds": (
        {"prompt_audio_seconds": 203, "prompt_tokens": 4, "completion_tokens": 635, "total_tokens": 3264},
        Usage(input=4, output=635),
    ),
    "Mistral's older cache": ({**PLAIN, "num_cached_tokens": 4}, Usage(input=9, output=3, cache_read=4)),
    "Mistral's details, misspelt": (
        {**PLAIN, "prompt_token_details": {"cached_tokens": 4}},
        Usage(input=9, output=3, cache_read=4),
    ),
    "GitHub Copilot's reasoning": ({**PLAIN, "reasoning_tokens": 2}, Usage(input=9, output=3, reasoning=2)),
    "Databricks' cache": (
        {**PLAIN, "cache_read_input_tokens": 4, "cache_creation_input_tokens": 2},
        Usage(input=9, output=3, cache_read=4, cache_write=2),
    ),
    "Databricks' chunks before the last": (
        {"prompt_tokens": 463, "completion_tokens": None, "total_tokens": None},
        Usage(input=463),
    ),
    "LongCat's cache": ({**PLAIN, "cache_read_tokens": 4, "cache_write_tokens": 2}, Usage(9, 3, cache_read=4, cache_write=2)),
    "DashScope's explicit cache": (
        {**PLAIN, "prompt_tokens_details": {"cached_tokens": 4, "cache_creation_input_tokens": 2, "cache_type": "ephemeral"}},
        Usage(input=9, output=3, cache_read=4, cache_write=2),
    ),
    "an image made": ({**PLAIN, "completion_tokens_details": {"image_tokens": 2}}, Usage(input=9, output=3, image_output=2)),
    "Voyage's and Jina's totals": ({"total_tokens": 43}, Usage(input=43)),
    "Jina's total, told twice": ({"total_tokens": 815, "prompt_tokens": 815}, Usage(input=815)),
    "Perplexity's searches": (
        {**PLAIN, "citation_tokens": 5, "num_search_queries": 2, "search_context_size": "low", "cost": {"total_cost": 0.1}},
        Usage(input=9, output=3, web_searches=2),
    ),
    "Baichuan's searches": ({**PLAIN, "search_count": 1}, Usage(input=9, output=3, web_searches=1)),
    "OpenRouter's searches": ({**PLAIN, "server_tool_use": {"web_search_requests": 3}}, Usage(9, 3, web_searches=3)),
}


@pytest.mark.parametrize("case", OBJECTS)
def test_what_a_usage_object_says(case: str) -> None:
    value, usage = OBJECTS[case]
    assert read_usage(value) == usage


@pytest.mark.parametrize("value", [{"prompt_tokens": None}, {"cost": 0.001, "search_units": 1}, {"cost_in_usd_ticks": 700000000}])
def test_what_tells_no_tokens(value: Any) -> None:
    assert read_usage(value) is None


# Where a decoded reply or chunk carries it.
PLACES: dict[str, tuple[dict[str, Any], bool]] = {
    "at the top": ({"usage": PLAIN}, True),
    "in Groq's envelope": ({"choices": [], "x_groq": {"id": "1", "usage": PLAIN}}, True),
    "in Moonshot's first choice": ({"choices": [{"index": 0, "delta": {}, "usage": PLAIN}]}, True),
    "null at the top, in Groq's envelope": ({"usage": None, "x_groq": {"usage": PLAIN}}, True),
    "nowhere": ({"choices": [{"index": 0}], "usage": None}, False),
    "choices that are none": ({"choices": "usage"}, False),
    "a first choice that is none": ({"choices": [None]}, False),
    "an envelope that is none": ({"x_groq": "usage"}, False),
    "an empty object": ({}, False),
}


@pytest.mark.parametrize("place", PLACES)
def test_where_usage_is_found(place: str) -> None:
    reply, there = PLACES[place]
    assert find_usage(reply) == (Usage(input=9, output=3) if there else None)


def test_the_top_counts_when_it_is_told_twice() -> None:
    other = {"prompt_tokens": 1, "completion_tokens": 1}
    assert find_usage({"usage": PLAIN, "choices": [{"usage": other}], "x_groq": {"usage": other}}) == Usage(input=9, output=3)


def test_a_chunk_without_usage_keeps_what_was_known_and_the_last_one_with_it_wins() -> None:
    known = None
    for chunk in (
        {"choices": [{"delta": {"content": "usage"}}], "usage": None},
        {"choices": [{"delta": {}}], "usage": {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}},
        {"choices": [{"delta": {}, "usage": PLAIN}]},
        {"choices": [], "usage": PLAIN},
        {"choices": [], "usage": {}},
    ):
        known = find_usage(chunk, known)
    assert known == Usage(input=9, output=3)
