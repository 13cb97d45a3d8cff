"""What every format's usage reader keeps to, whatever a vendor sends."""

import inspect
import re
from dataclasses import astuple
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.usage import Usage
from providers.formats.anthropic_messages import usage as anthropic_messages
from providers.formats.bedrock_converse import usage as bedrock_converse
from providers.formats.bedrock_invoke import usage as bedrock_invoke
from providers.formats.cohere import usage as cohere
from providers.formats.counts import LIMIT
from providers.formats.dashscope import usage as dashscope
from providers.formats.gemini import usage as gemini
from providers.formats.gemini_interactions import usage as gemini_interactions
from providers.formats.ollama import usage as ollama
from providers.formats.openai_chat import usage as openai_chat
from providers.formats.openai_responses import usage as openai_responses
from providers.formats.usage_reader import UsageReader, latest, summed
from providers.formats.vertex_predict import usage as vertex_predict
from providers.formats.watsonx import usage as watsonx

# A reply of each format, with every count it can have.
REPLIES: dict[str, tuple[UsageReader, dict[str, Any], Usage]] = {
    "openai_chat": (
        openai_chat,
        {
            "usage": {
                "prompt_tokens": 100,
                "completion_tokens": 50,
                "total_tokens": 150,
                "prompt_tokens_details": {"cached_tokens": 40, "cache_write_tokens": 8, "audio_tokens": 7, "image_tokens": 6},
                "completion_tokens_details": {"reasoning_tokens": 30, "audio_tokens": 5, "image_tokens": 4},
                "num_search_queries": 2,
            }
        },
        Usage(100, 50, 40, 8, 0, 30, 7, 5, 6, 4, 2),
    ),
    "openai_responses": (
        openai_responses,
        {
            "usage": {
                "input_tokens": 100,
                "output_tokens": 50,
                "input_tokens_details": {"cached_tokens": 40, "cache_write_tokens": 8, "audio_tokens": 7, "image_tokens": 6},
                "output_tokens_details": {"reasoning_tokens": 30, "audio_tokens": 5, "image_tokens": 4},
            },
            "tool_usage": {"web_search": {"num_requests": 2}, "image_gen": {"input_tokens": 1, "output_tokens": 1}},
        },
        Usage(101, 51, 40, 8, 0, 30, 7, 5, 6, 4, 2),
    ),
    "anthropic_messages": (
        anthropic_messages,
        {
            "usage": {
                "input_tokens": 52,
                "output_tokens": 50,
                "cache_read_input_tokens": 40,
                "cache_creation_input_tokens": 8,
                "cache_creation": {"ephemeral_5m_input_tokens": 5, "ephemeral_1h_input_tokens": 3},
                "output_tokens_details": {"thinking_tokens": 30},
                "server_tool_use": {"web_search_requests": 2},
            }
        },
        Usage(100, 50, 40, 8, 3, 30, web_searches=2),
    ),
    "gemini": (
        gemini,
        {
            "usageMetadata": {
                "promptTokenCount": 90,
                "toolUsePromptTokenCount": 10,
                "candidatesTokenCount": 20,
                "thoughtsTokenCount": 30,
                "totalTokenCount": 150,
                "cachedContentTokenCount": 40,
                "promptTokensDetails": [{"modality": "AUDIO", "tokenCount": 7}, {"modality": "IMAGE", "tokenCount": 6}],
                "candidatesTokensDetails": [{"modality": "AUDIO", "tokenCount": 5}, {"modality": "IMAGE", "tokenCount": 4}],
            }
        },
        Usage(100, 50, 40, 0, 0, 30, 7, 5, 6, 4),
    ),
    "gemini_interactions": (
        gemini_interactions,
        {
            "usage": {
                "total_input_tokens": 90,
                "total_tool_use_tokens": 10,
                "total_output_tokens": 20,
                "total_thought_tokens": 30,
                "total_cached_tokens": 40,
                "input_tokens_by_modality": [{"modality": "audio", "tokens": 7}, {"modality": "image", "tokens": 6}],
                "output_tokens_by_modality": [{"modality": "audio", "tokens": 5}, {"modality": "image", "tokens": 4}],
                "grounding_tool_count": [{"type": "google_search", "count": 2}],
            }
        },
        Usage(100, 50, 40, 0, 0, 30, 7, 5, 6, 4, 2),
    ),
    "bedrock_converse": (
        bedrock_converse,
        {
            "usage": {
                "inputTokens": 52,
                "outputTokens": 50,
                "cacheReadInputTokens": 40,
                "cacheWriteInputTokens": 8,
                "cacheDetails": [{"ttl": "1h", "inputTokens": 3}, {"ttl": "5m", "inputTokens": 5}],
            }
        },
        Usage(100, 50, 40, 8, 3),
    ),
    "bedrock_invoke": (
        bedrock_invoke,
        {
            "amazon-bedrock-invocationMetrics": {
                "inputTokenCount": 52,
                "outputTokenCount": 50,
                "cacheReadInputTokenCount": 40,
                "cacheWriteInputTokenCount": 8,
            }
        },
        Usage(100, 50, 40, 8),
    ),
    "cohere": (cohere, {"usage": {"billed_units": {"input_tokens": 100, "output_tokens": 50}}}, Usage(100, 50)),
    "ollama": (ollama, {"prompt_eval_count": 100, "eval_count": 50}, Usage(100, 50)),
    "dashscope": (
        dashscope,
        {
            "usage": {
                "input_tokens": 100,
                "output_tokens": 50,
                "prompt_tokens_details": {"cached_tokens": 40, "cache_creation_input_tokens": 8},
                "input_tokens_details": {"audio_tokens": 7, "image_tokens": 6},
                "output_tokens_details": {"reasoning_tokens": 30, "audio_tokens": 5, "image_tokens": 4},
                "plugins": {"search": {"count": 2}},
            }
        },
        Usage(100, 50, 40, 8, 0, 30, 7, 5, 6, 4, 2),
    ),
    "watsonx": (watsonx, {"results": [{"input_token_count": 100, "generated_token_count": 50}]}, Usage(100, 50)),
    "vertex_predict": (vertex_predict, {"predictions": [{"embeddings": {"statistics": {"token_count": 100}}}]}, Usage(100)),
}
READERS = {name: reader for name, (reader, _, _) in REPLIES.items()}


def with_counts(value: Any, count: Any) -> Any:
    """The same JSON, with each of its numbers replaced."""
    if isinstance(value, dict):
        return {name: with_counts(item, count) for name, item in value.items()}
    if isinstance(value, list):
        return [with_counts(item, count) for item in value]
    return count if isinstance(value, int) else value


@pytest.mark.parametrize("name", REPLIES)
def test_every_count_has_its_place(name: str) -> None:
    reader, reply, usage = REPLIES[name]
    assert reader.find_usage(reply) == usage


@pytest.mark.parametrize(
    "hostile", [-1, -(2**70), 1.5, 9.0, True, "9", [], {}, LIMIT + 1, 10**30, float("inf"), float("nan")], ids=repr
)
@pytest.mark.parametrize("name", REPLIES)
def test_a_hostile_count_is_zero_wherever_it_stands(name: str, hostile: Any) -> None:
    reader, reply, _ = REPLIES[name]
    assert reader.find_usage(with_counts(reply, hostile)) == Usage()


@pytest.mark.parametrize("name", REPLIES)
def test_nulls_tell_nothing(name: str) -> None:
    reader, reply, _ = REPLIES[name]
    assert reader.find_usage(with_counts(reply, None)) is None


@pytest.mark.parametrize("name", REPLIES)
def test_the_largest_counts_stay_within_the_limit(name: str) -> None:
    reader, reply, _ = REPLIES[name]
    usage = reader.find_usage(with_counts(reply, LIMIT))
    assert usage is not None
    assert max(astuple(usage)) == usage.input == LIMIT


@pytest.mark.parametrize("name", REPLIES)
def test_the_same_reply_twice_is_not_added(name: str) -> None:
    reader, reply, usage = REPLIES[name]
    assert reader.find_usage(reply, reader.find_usage(reply)) == usage


@pytest.mark.parametrize("name", REPLIES)
def test_what_was_known_is_not_taken_back(name: str) -> None:
    reader, reply, usage = REPLIES[name]
    assert reader.find_usage({}, usage) == usage
    assert reader.find_usage(with_counts(reply, 0), usage) == usage


@pytest.mark.parametrize("value", [None, True, 0, 7, 1.5, "9", "usage", [], [{"usage": {"prompt_tokens": 9}}], {}], ids=repr)
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_what_is_no_usage(reader: UsageReader, value: Any) -> None:
    assert reader.read_usage(value) is None
    assert reader.find_usage(value) is None


NAMES = sorted({name for reader in READERS.values() for name in re.findall(r'"([\w-]+)"', inspect.getsource(reader))})
SCALARS = st.none() | st.booleans() | st.integers(-5, 2**41) | st.integers() | st.floats() | st.sampled_from(NAMES)
ANY_JSON = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=8), max_leaves=30
)
KNOWN = st.none() | st.builds(Usage, **dict.fromkeys(Usage.__slots__, st.integers(0, LIMIT)))


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@given(ANY_JSON, ANY_JSON, KNOWN)
def test_whatever_comes_counts_are_whole_and_within_the_limit(
    reader: UsageReader, value: Any, event: Any, known: Usage | None
) -> None:
    for usage in (reader.read_usage(value), reader.find_usage(event, known), reader.find_usage({"usage": value}, known)):
        assert usage is None or all(type(count) is int and 0 <= count <= LIMIT for count in astuple(usage))


BEFORE = Usage(input=9, output=3)
LATEST: list[tuple[Usage | None, Usage | None, Usage | None]] = [
    (None, None, None),
    (None, BEFORE, BEFORE),
    (Usage(), None, Usage()),
    (Usage(), BEFORE, BEFORE),
    (Usage(input=8), BEFORE, Usage(input=8)),
]


@pytest.mark.parametrize(("found", "before", "known"), LATEST)
def test_the_latest_usage_that_says_something_is_known(found: Usage | None, before: Usage | None, known: Usage | None) -> None:
    assert latest(found, before) == known


def test_summing_adds_each_count_up_to_the_limit() -> None:
    assert summed([]) == Usage()
    assert summed([Usage(1, 2, web_searches=3), Usage(10, LIMIT)]) == Usage(11, LIMIT, web_searches=3)
