"""Usage of Converse: the cache beside the input."""

from typing import Any

import pytest

from pipeline.usage import Usage
from providers.formats.bedrock_converse.usage import find_usage, read_usage

OBJECTS: dict[str, tuple[dict[str, Any], Usage]] = {
    "plain": ({"inputTokens": 36, "outputTokens": 73, "totalTokens": 109, "serverToolUsage": {}}, Usage(input=36, output=73)),
    "the cache, under both its names": (
        {
            "inputTokens": 12,
            "outputTokens": 250,
            "cacheReadInputTokens": 1028,
            "cacheReadInputTokenCount": 1028,
            "cacheWriteInputTokens": 60,
            "cacheWriteInputTokenCount": 60,
            "totalTokens": 1350,
        },
        Usage(input=1100, output=250, cache_read=1028, cache_write=60),
    ),
    "the cache, under the longer name": (
        {"inputTokens": 12, "outputTokens": 2, "cacheReadInputTokenCount": 5, "cacheWriteInputTokenCount": 6},
        Usage(input=23, output=2, cache_read=5, cache_write=6),
    ),
    "what is kept for an hour": (
        {
            "inputTokens": 3,
            "outputTokens": 121,
            "cacheWriteInputTokens": 300,
            "cacheDetails": [{"ttl": "1h", "inputTokens": 64}, {"ttl": "5m", "inputTokens": 236}],
        },
        Usage(input=303, output=121, cache_write=300, cache_write_1h=64),
    ),
}


@pytest.mark.parametrize("case", OBJECTS)
def test_what_a_usage_object_says(case: str) -> None:
    value, usage = OBJECTS[case]
    assert read_usage(value) == usage
    assert find_usage({"output": {}, "stopReason": "end_turn", "usage": value}) == usage


def test_a_streams_metadata_has_it() -> None:
    stop = find_usage({"stopReason": "end_turn"})
    assert stop is None
    assert find_usage({"usage": {"inputTokens": 1, "outputTokens": 2}, "metrics": {"latencyMs": 5}}, stop) == Usage(1, 2)


def test_a_guardrails_own_units_are_no_tokens() -> None:
    assert read_usage({"topicPolicyUnits": 1, "contentPolicyUnits": 1}) is None
