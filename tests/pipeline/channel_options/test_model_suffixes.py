"""Suffixes of OpenAI's reasoning models."""

import pytest

from pipeline.channel_options.model_suffixes import split


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
