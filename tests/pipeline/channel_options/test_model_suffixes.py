"""Suffixes of OpenAI's reasoning models."""

from typing import Any

import pytest

from pipeline.channel_options.model_suffixes import ASKERS, Effort, split
from pipeline.json_object import JsonObject


@pytest.mark.parametrize(
    ("model", "base", "effort"),
    [
        ("gpt-5-high", "gpt-5", "high"),
        ("gpt-5-thinking", "gpt-5", "medium"),
        ("gpt-5.1-none", "gpt-5.1", "none"),
        ("gpt-5-mini-minimal", "gpt-5-mini", "minimal"),
        ("gpt-5-xhigh", "gpt-5", "xhigh"),
        ("o3-low", "o3", "low"),
        ("o3-mini-2025-01-31-medium", "o3-mini-2025-01-31", "medium"),
        ("openai/o1-high", "openai/o1", "high"),
        ("gpt-5", "gpt-5", None),
        ("gpt-5high", "gpt-5high", None),
        ("gpt-4-high", "gpt-4-high", None),
        ("kimi-k2-thinking", "kimi-k2-thinking", None),
        ("claude-opus-high", "claude-opus-high", None),
    ],
)
def test_what_a_name_asks_for(model: str, base: str, effort: str | None) -> None:
    served, asked = split(model)
    assert (served, asked and asked.value) == (base, effort)


@pytest.mark.parametrize(
    ("wire_format", "effort", "before", "after"),
    [
        ("openai_chat", "high", {}, {"reasoning_effort": "high"}),
        ("anthropic_messages", "high", {}, {"output_config": {"effort": "high"}}),
        ("anthropic_messages", "minimal", {}, {"output_config": {"effort": "low"}}),
        ("anthropic_messages", "none", {}, {"thinking": {"type": "disabled"}}),
        ("anthropic_messages", "low", {"output_config": {"format": 1}}, {"output_config": {"format": 1, "effort": "low"}}),
    ],
)
def test_how_each_format_is_asked(wire_format: str, effort: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    body = JsonObject.of(before)
    ASKERS[wire_format](body, Effort(effort))
    assert {name: body.get(name) for name in body} == after
