"""Usage of responses, and of the images and transcriptions that share its names."""

from typing import Any

import pytest

from pipeline.usage import Usage
from providers.formats.openai_responses.usage import find_usage, read_usage

PLAIN = {"input_tokens": 9, "output_tokens": 3, "total_tokens": 12}

OBJECTS: dict[str, tuple[dict[str, Any], Usage]] = {
    "plain": (PLAIN, Usage(input=9, output=3)),
    "all details": (
        {
            "input_tokens": 1220,
            "input_tokens_details": {"cached_tokens": 3, "cache_write_tokens": 1217},
            "output_tokens": 100,
            "output_tokens_details": {"reasoning_tokens": 54},
            "total_tokens": 1320,
        },
        Usage(input=1220, output=100, cache_read=3, cache_write=1217, reasoning=54),
    ),
    "an image's": (
        {
            "input_tokens": 50,
            "input_tokens_details": {"image_tokens": 36, "text_tokens": 14},
            "output_tokens": 272,
            "output_tokens_details": {"image_tokens": 272, "text_tokens": 0},
            "total_tokens": 322,
        },
        Usage(input=50, output=272, image_input=36, image_output=272),
    ),
    "a transcription's": (
        {
            "type": "tokens",
            "input_tokens": 14,
            "input_token_details": {"text_tokens": 4, "audio_tokens": 10},
            "output_tokens": 45,
        },
        Usage(input=14, output=45, audio_input=10),
    ),
    "xAI's searches": (
        {
            **PLAIN,
            "num_server_side_tools_used": 4,
            "server_side_tool_usage_details": {"web_search_calls": 2, "x_search_calls": 1},
        },
        Usage(input=9, output=3, web_searches=3),
    ),
    "null details": ({**PLAIN, "input_tokens_details": None, "output_tokens_details": None}, Usage(input=9, output=3)),
}


@pytest.mark.parametrize("case", OBJECTS)
def test_what_a_usage_object_says(case: str) -> None:
    value, usage = OBJECTS[case]
    assert read_usage(value) == usage
    assert find_usage({"object": "response", "usage": value}) == usage
    assert find_usage({"type": "response.completed", "response": {"usage": value}}) == usage


@pytest.mark.parametrize("value", [None, {}, {"type": "duration", "seconds": 7}, {"cost_in_usd_ticks": 700000000}])
def test_what_tells_no_tokens(value: Any) -> None:
    assert read_usage(value) is None


SEARCH = {"type": "web_search_call", "status": "completed", "action": {"type": "search", "queries": ["a", "b"]}}
PAGE = {"type": "web_search_call", "status": "completed", "action": {"type": "open_page", "url": "https://example.com"}}

# What else the response says, and how many searches it ran.
SEARCHES: dict[str, tuple[dict[str, Any], int]] = {
    "the calls that searched": ({"output": [SEARCH, PAGE, {"type": "message"}, SEARCH]}, 2),
    "a call without an action, as xAI has it": ({"output": [{"type": "web_search_call"}]}, 1),
    "a count, which goes before the calls": ({"output": [SEARCH], "tool_usage": {"web_search": {"num_requests": 3}}}, 3),
    "a count of none": ({"output": [PAGE], "tool_usage": {"web_search": {"num_requests": 0}}}, 0),
    "an output that is none": ({"output": "web_search_call"}, 0),
}


@pytest.mark.parametrize("case", SEARCHES)
def test_how_many_searches_a_response_ran(case: str) -> None:
    response, searches = SEARCHES[case]
    assert find_usage({"type": "response.completed", "response": {**response, "usage": PLAIN}}) == Usage(
        input=9, output=3, web_searches=searches
    )


def test_an_image_made_by_the_tool_comes_on_top() -> None:
    image = {
        "input_tokens": 40,
        "input_tokens_details": {"image_tokens": 30, "text_tokens": 10},
        "output_tokens": 272,
        "output_tokens_details": {"image_tokens": 272},
    }
    response = {"usage": PLAIN, "tool_usage": {"image_gen": image}}
    assert find_usage({"response": response}) == Usage(input=49, output=275, image_input=30, image_output=272)


def test_usage_comes_with_the_end_alone() -> None:
    known = None
    for event in (
        {"type": "response.created", "response": {"usage": None, "output": []}},
        {"type": "response.output_text.delta", "delta": "usage"},
        {"type": "response.incomplete", "response": {"usage": PLAIN}},
    ):
        assert known is None
        known = find_usage(event, known)
    assert known == Usage(input=9, output=3)
