"""An interaction's usage."""

import pytest

from pipeline.usage import Usage
from providers.formats.gemini_interactions.usage import find_usage, read_usage

VALUE = {
    "total_input_tokens": 53,
    "total_cached_tokens": 20,
    "total_output_tokens": 269,
    "total_thought_tokens": 279,
    "total_tool_use_tokens": 7,
    "total_tokens": 608,
    "input_tokens_by_modality": [{"modality": "text", "tokens": 40}, {"modality": "image", "tokens": 10}],
    "output_tokens_by_modality": [{"modality": "audio", "tokens": 200}],
    "grounding_tool_count": [{"type": "google_search", "count": 2}, {"type": "google_maps", "count": 5}],
}
USAGE = Usage(input=60, output=548, cache_read=20, reasoning=279, audio_output=200, image_input=10, web_searches=2)


@pytest.mark.parametrize(
    "reply",
    [
        {"id": "1", "steps": [], "usage": VALUE},
        {"event_type": "interaction.completed", "interaction": {"id": "1", "usage": VALUE}},
    ],
    ids=["a reply", "a stream's end"],
)
def test_thoughts_and_tools_are_beside_output_and_input(reply: dict[str, object]) -> None:
    assert find_usage(reply) == USAGE


def test_an_event_without_usage_keeps_what_was_known() -> None:
    assert find_usage({"event_type": "step.delta", "delta": {}}, USAGE) == USAGE


def test_a_total_alone_is_no_usage() -> None:
    assert read_usage({"total_tokens": 5}) is None
