"""`model_suffixes`: `gpt-5-high` means `gpt-5` with much reasoning, for callers that can only choose a model."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.json_object import JsonObject

# `medium` is what OpenAI's models do unasked where they reason by default.
EFFORTS = {
    "thinking": "medium",
    "none": "none",
    "minimal": "minimal",
    "low": "low",
    "medium": "medium",
    "high": "high",
    "xhigh": "xhigh",
}

# OpenAI's reasoning models, also as resellers name them: o1, o3-mini, gpt-5.1, openai/gpt-5.
_SUFFIXED = re.compile(rf"((?:.+/)?(?:o[1-9]|gpt-[5-9]).*?)-({'|'.join(EFFORTS)})")


@dataclass(frozen=True, slots=True)
class Effort:
    """An attempt's note: how much the model is to reason."""

    value: str


def split(model: str) -> tuple[str, Effort | None]:
    """The model without its suffix, and what that asks for."""
    found = _SUFFIXED.fullmatch(model)
    return (model, None) if found is None else (found[1], Effort(EFFORTS[found[2]]))


def into_reasoning_effort(body: JsonObject, effort: Effort) -> None:
    """OpenAI chat. https://platform.openai.com/docs/api-reference/chat/create#chat-create-reasoning_effort"""
    body.set("reasoning_effort", effort.value)


def into_output_config(body: JsonObject, effort: Effort) -> None:
    """Anthropic messages. https://docs.anthropic.com/en/docs/build-with-claude/effort"""
    if effort.value == "none":
        body.set("thinking", {"type": "disabled"})
        return
    config = body.get("output_config")
    kept = config if isinstance(config, dict) else {}
    body.set("output_config", {**kept, "effort": "low" if effort.value == "minimal" else effort.value})


ASKERS: dict[str, Callable[[JsonObject, Effort], None]] = {
    "openai_chat": into_reasoning_effort,
    "anthropic_messages": into_output_config,
}
"""By wire format."""
