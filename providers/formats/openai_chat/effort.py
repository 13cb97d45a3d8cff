"""How much a model shall think, in OpenAI's words."""

from providers.canonical import Reasoning
from providers.formats.openai_chat import models

LOW_BUDGET, MEDIUM_BUDGET = 2048, 8192
"""Tokens of thinking up to which the effort is low, and medium."""


def effort(reasoning: Reasoning, model: str) -> str | None:
    """None: as the model likes. For a model that reasons."""
    if reasoning.enabled is False:
        return models.least_effort(model)
    if reasoning.effort is not None:
        return models.most_effort(model, reasoning.effort)
    if reasoning.budget is None:
        return None
    budget = reasoning.budget
    return "low" if budget <= LOW_BUDGET else "medium" if budget <= MEDIUM_BUDGET else "high"
