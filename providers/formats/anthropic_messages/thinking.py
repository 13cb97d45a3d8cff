"""How much a request lets the model think, in the form that its generation takes."""

from collections.abc import Sequence
from typing import Any

from providers.canonical import Message, Request, Thinking, ToolCall, ToolResult
from providers.formats.anthropic_messages import models
from providers.formats.anthropic_messages.name import NAME
from providers.formats.anthropic_messages.write_blocks import Block


def write_thinking(request: Request, model: str, max_tokens: int, *, forced: bool) -> tuple[Block | None, str | None, bool]:
    """`thinking`, `output_config.effort`, and whether the model was to think and cannot: while it is forced to call a tool,
    within so few tokens, or in the middle of a tool's use that another vendor's model began."""
    reasoning = request.reasoning
    if reasoning is None:
        return None, None, False
    generation = models.generation(model)
    effort = models.effort(reasoning, model) if generation >= models.ADAPTIVE_TOO else None
    if reasoning.enabled is False:
        return {"type": "disabled"}, None, False
    if forced:
        return None, effort, True
    display: dict[str, Any] = {}
    if reasoning.show is not None:
        display = {"display": "omitted" if reasoning.show == "none" else "summarized"}
    if generation >= models.ADAPTIVE_ONLY or (generation >= models.ADAPTIVE_TOO and reasoning.budget is None):
        return {"type": "adaptive", **display}, effort, False
    budget = min(models.budget(reasoning), max_tokens - 1)
    if budget < models.LEAST_BUDGET or _interrupted(request.messages):
        return None, effort, True
    return {"type": "enabled", "budget_tokens": budget, **display}, effort, False


def _interrupted(messages: Sequence[Message]) -> bool:
    """Whether a tool's result comes last, and the call before it has no thinking of Anthropic's: with a budget it must begin with
    that (400 expected `thinking` or `redacted_thinking`)."""
    for message in reversed(messages):
        if message.role == "assistant":
            if not any(isinstance(part, ToolCall) for part in message.parts):
                return False
            return not any(isinstance(part, Thinking) and _own(part) for part in message.parts)
        if not any(isinstance(part, ToolResult) for part in message.parts):
            return False
    return False


def _own(thinking: Thinking) -> bool:
    mark = thinking.signature or thinking.encrypted
    return mark is not None and mark.owner == NAME
