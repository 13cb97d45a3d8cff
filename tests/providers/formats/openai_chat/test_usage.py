"""Usage as OpenAI writes it, and as those write it who bend the format; see each vendor's page."""

from dataclasses import astuple
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.usage import Usage
from providers.formats.counts import LIMIT
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
    "Perplexity's searches": (
        {**PLAIN, "citation_tokens": 5, "num_search_queries": 2, "search_context_size": "low", "cost": {"total_cost": 0.1}},
        Usage(input=9, output=3),
    ),
}


@pytest.mark.parametrize("case", OBJECTS)
def test_what_a_usage_object_says(case: str) -> None:
    value, usage = OBJECTS[case]
    assert read_usage(value) == usage


@pytest.mark.parametrize("value", [None, True, 0, 7, "9", [], [PLAIN]])
def test_what_is_no_usage_object(value: Any) -> None:
    assert read_usage(value) is None


@pytest.mark.parametrize("hostile", [-1, 1.5, 9.0, True, "9", None, [], {}, LIMIT + 1, 10**30, float("inf")])
def test_a_hostile_count_is_zero_wherever_it_stands(hostile: Any) -> None:
    details = {"cached_tokens": hostile, "cache_write_tokens": hostile, "audio_tokens": hostile, "image_tokens": hostile}
    value = {
        "prompt_tokens": hostile,
        "completion_tokens": hostile,
        "total_tokens": hostile,
        "cached_tokens": hostile,
        "prompt_cache_hit_tokens": hostile,
        "prompt_tokens_details": details,
        "completion_tokens_details": {"reasoning_tokens": hostile, "audio_tokens": hostile},
    }
    assert read_usage(value) == Usage()
    assert read_usage({**PLAIN, "prompt_tokens_details": hostile}) == Usage(input=9, output=3)


anything = st.none() | st.integers(-5, 2**70) | st.floats() | st.text(max_size=3)
NAMES = st.sampled_from(["prompt_tokens", "completion_tokens", "total_tokens", "cached_tokens", "prompt_cache_hit_tokens"])
PARTS = st.dictionaries(st.sampled_from(["cached_tokens", "cache_write_tokens", "reasoning_tokens"]), anything)


@given(st.dictionaries(NAMES, anything), PARTS | anything, PARTS | anything)
def test_whatever_comes_no_count_is_negative(counts: dict[str, Any], prompt: Any, completion: Any) -> None:
    usage = read_usage({**counts, "prompt_tokens_details": prompt, "completion_tokens_details": completion})
    assert usage is not None
    assert all(type(count) is int and count >= 0 for count in astuple(usage))


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
