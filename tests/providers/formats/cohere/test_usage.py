"""What Cohere bills, in the four places where it says so."""

from typing import Any

import pytest

from pipeline.usage import Usage
from providers.formats.cohere.usage import find_usage, read_usage

VALUE = {
    "billed_units": {"input_tokens": 57, "output_tokens": 20},
    "tokens": {"input_tokens": 1490, "output_tokens": 94, "reasoning_tokens": 28},
    "cached_tokens": 112,
}

PLACES: dict[str, dict[str, Any]] = {
    "a v2 chat": {"id": "1", "message": {}, "usage": VALUE},
    "the end of a v2 stream": {"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": VALUE}},
    "a v1 chat": {"text": "hello", "meta": {"api_version": {"version": "1"}, **VALUE}},
    "the end of a v1 stream": {"event_type": "stream-end", "response": {"text": "hello", "meta": VALUE}},
}


@pytest.mark.parametrize("place", PLACES)
def test_what_is_billed_counts_and_not_what_the_model_saw(place: str) -> None:
    assert find_usage(PLACES[place]) == Usage(input=57, output=20)


# An embedding's; a ranking's, which is billed by the search; an image's, by the piece; SiliconFlow's ranking.
OTHERS: list[tuple[dict[str, Any], Usage | None]] = [
    ({"billed_units": {"input_tokens": 4}}, Usage(input=4)),
    ({"billed_units": {"search_units": 1}}, None),
    ({"billed_units": {"images": 1}}, None),
    ({"tokens": {"input_tokens": 815, "output_tokens": 0}}, Usage(input=815)),
    ({"billed_units": None, "tokens": None}, None),
    ({"api_version": {"version": "2"}}, None),
]


@pytest.mark.parametrize(("meta", "usage"), OTHERS)
def test_what_other_replies_say(meta: dict[str, Any], usage: Usage | None) -> None:
    assert read_usage(meta) == usage
    assert find_usage({"id": "1", "meta": meta}) == usage
