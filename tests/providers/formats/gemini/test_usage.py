"""`usageMetadata`, with its counts beside and within each other, and over a stream."""

from typing import Any

import pytest

from pipeline.usage import Usage
from providers.formats.gemini.usage import find_usage, read_usage

OBJECTS: dict[str, tuple[dict[str, Any], Usage]] = {
    "plain": ({"promptTokenCount": 9, "candidatesTokenCount": 3, "totalTokenCount": 12}, Usage(input=9, output=3)),
    "a blocked prompt": ({"promptTokenCount": 14, "totalTokenCount": 14}, Usage(input=14)),
    "thoughts beside the candidates": (
        {"promptTokenCount": 194, "candidatesTokenCount": 33, "thoughtsTokenCount": 216, "totalTokenCount": 443},
        Usage(input=194, output=249, reasoning=216),
    ),
    "thoughts within the candidates": (
        {"promptTokenCount": 194, "candidatesTokenCount": 249, "thoughtsTokenCount": 216, "totalTokenCount": 443},
        Usage(input=194, output=249, reasoning=216),
    ),
    "thoughts and nothing else": (
        {"promptTokenCount": 85, "thoughtsTokenCount": 199, "totalTokenCount": 284},
        Usage(input=85, output=199, reasoning=199),
    ),
    "cached content within the prompt, tools' results beside it": (
        {
            "cachedContentTokenCount": 1081,
            "candidatesTokenCount": 21,
            "promptTokenCount": 1107,
            "thoughtsTokenCount": 41,
            "toolUsePromptTokenCount": 1171,
            "totalTokenCount": 2340,
        },
        Usage(input=2278, output=62, cache_read=1081, reasoning=41),
    ),
    "a film is pictures and sound, and no image": (
        {
            "promptTokenCount": 4610,
            "promptTokensDetails": [
                {"modality": "VIDEO", "tokenCount": 3096},
                {"modality": "TEXT", "tokenCount": 14},
                {"modality": "AUDIO", "tokenCount": 1500},
            ],
        },
        Usage(input=4610, audio_input=1500),
    ),
    "a cached recording counts as read from the cache": (
        {
            "promptTokenCount": 1000,
            "cachedContentTokenCount": 700,
            "promptTokensDetails": [{"modality": "AUDIO", "tokenCount": 900}, {"modality": "IMAGE", "tokenCount": 100}],
            "cacheTokensDetails": [{"modality": "AUDIO", "tokenCount": 700}],
        },
        Usage(input=1000, cache_read=700, audio_input=200, image_input=100),
    ),
    "an image and speech made": (
        {
            "promptTokenCount": 5,
            "candidatesTokenCount": 1390,
            "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1290}, {"modality": "AUDIO", "tokenCount": 100}],
        },
        Usage(input=5, output=1390, image_output=1290, audio_output=100),
    ),
    "an embedding's": (
        {"promptTokenCount": 261, "promptTokenDetails": [{"modality": "IMAGE", "tokenCount": 258}]},
        Usage(input=261, image_input=258),
    ),
    "the live API's": (
        {"promptTokenCount": 7, "responseTokenCount": 5, "totalTokenCount": 12},
        Usage(input=7, output=5),
    ),
}


@pytest.mark.parametrize("case", OBJECTS)
def test_what_a_usage_object_says(case: str) -> None:
    value, usage = OBJECTS[case]
    assert read_usage(value) == usage
    assert find_usage({"candidates": [], "usageMetadata": value}) == usage


@pytest.mark.parametrize("value", [None, {}, {"trafficType": "ON_DEMAND"}, {"totalTokenCount": 1186}, {"promptTokenCount": None}])
def test_what_tells_no_tokens(value: Any) -> None:
    assert read_usage(value) is None


def test_the_last_chunk_that_counts_wins_even_with_less() -> None:
    known = None
    for usage in (
        {"trafficType": "ON_DEMAND"},
        {"promptTokenCount": 165, "totalTokenCount": 165},
        {"promptTokenCount": 163, "candidatesTokenCount": 13, "totalTokenCount": 176},
        {"trafficType": "ON_DEMAND"},
    ):
        known = find_usage({"usageMetadata": usage}, known)
    assert known == Usage(input=163, output=13)


def test_searches_are_counted_by_the_query_and_kept() -> None:
    grounds = {"candidates": [{"groundingMetadata": {"webSearchQueries": ["a", "b"]}}], "usageMetadata": {"promptTokenCount": 9}}
    known = find_usage(grounds)
    assert known == Usage(input=9, web_searches=2)
    assert find_usage(grounds, known) == known
    after = {"usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 3}}
    assert find_usage(after, known) == Usage(input=9, output=3, web_searches=2)


@pytest.mark.parametrize("grounds", [None, [], {"webSearchQueries": 3}, {"webSearchQueries": None}])
def test_grounds_that_are_none_count_no_search(grounds: Any) -> None:
    reply = {"candidates": [{"groundingMetadata": grounds}, None], "usageMetadata": {"promptTokenCount": 9}}
    assert find_usage(reply) == Usage(input=9)
