"""Usage of DashScope's own API: running totals, and what is not counted in tokens."""

from typing import Any

import pytest

from pipeline.usage import Usage
from providers.formats.dashscope.usage import find_usage, read_usage

OBJECTS: dict[str, tuple[dict[str, Any], Usage]] = {
    "plain": ({"input_tokens": 250, "output_tokens": 16, "total_tokens": 266}, Usage(input=250, output=16)),
    "an older picture model's": (
        {"input_tokens": 1283, "output_tokens": 1, "image_tokens": 1247},
        Usage(1283, 1, image_input=1247),
    ),
    "an older hearing model's": (
        {"input_tokens": 786, "output_tokens": 38, "audio_tokens": 752},
        Usage(786, 38, audio_input=752),
    ),
    "details, told twice": (
        {
            "input_tokens": 2807,
            "image_tokens": 2503,
            "input_tokens_details": {"image_tokens": 2503, "text_tokens": 304},
            "output_tokens": 50,
            "output_tokens_details": {"reasoning_tokens": 38, "text_tokens": 12},
        },
        Usage(input=2807, output=50, reasoning=38, image_input=2503),
    ),
    "speech": (
        {"input_tokens": 9, "output_tokens": 90, "output_tokens_details": {"audio_tokens": 80, "text_tokens": 10}},
        Usage(input=9, output=90, audio_output=80),
    ),
    "the cache": (
        {
            "input_tokens": 1500,
            "output_tokens": 2,
            "prompt_tokens_details": {"cached_tokens": 1024, "cache_creation_input_tokens": 300, "cache_type": "ephemeral"},
        },
        Usage(input=1500, output=2, cache_read=1024, cache_write=300),
    ),
    "searches": (
        {"input_tokens": 709, "output_tokens": 1, "plugins": {"image_search": {"count": 4}, "search": {"count": 1}}},
        Usage(input=709, output=1, web_searches=1),
    ),
    "an embedding's or a ranking's": ({"total_tokens": 68}, Usage(input=68)),
    "an application's, which called two models": (
        {
            "models": [
                {"model_id": "qwen-max", "input_tokens": 2304, "output_tokens": 5},
                {"model_id": "qwen-plus", "input_tokens": 100, "output_tokens": 7},
            ]
        },
        Usage(input=2404, output=12),
    ),
}


@pytest.mark.parametrize("case", OBJECTS)
def test_what_a_usage_object_says(case: str) -> None:
    value, usage = OBJECTS[case]
    assert read_usage(value) == usage
    assert find_usage({"output": {}, "usage": value}) == usage


@pytest.mark.parametrize("value", [None, {}, {"image_count": 2}, {"models": []}, {"models": [{"model_id": "qwen-max"}]}])
def test_what_tells_no_tokens(value: Any) -> None:
    assert read_usage(value) is None


def test_a_streams_events_are_running_totals() -> None:
    known = None
    for usage in ({}, {"input_tokens": 9, "output_tokens": 1}, {"input_tokens": 9, "output_tokens": 2}):
        known = find_usage({"output": {}, "usage": usage}, known)
    assert known == Usage(input=9, output=2)
