"""What Claude's generations take, as far as a request must be written differently for them."""

import re

from providers.canonical import Reasoning

# claude-sonnet-4-5-20250929, anthropic.claude-opus-4-6-v1:0, claude-haiku-5; and claude-3-7-sonnet-latest.
_NEW_NAME = re.compile(r"claude-[a-z]+-(\d+)(?:[-.](\d{1,2})(?!\d))?")
_OLD_NAME = re.compile(r"claude-(\d)(?:[-.](\d)(?!\d))?(?:-[a-z]+)")

ADAPTIVE_TOO, ADAPTIVE_ONLY = (4, 6), (4, 7)
"""The first generation that takes `thinking: {type: adaptive}`, and the first that takes no budget any more."""

LEAST_BUDGET = 1024

_BUDGETS = {"minimal": 1024, "low": 1024, "medium": 8192, "high": 16_384, "xhigh": 24_576, "max": 31_999}
_LOW, _MEDIUM = 2048, 8192


def generation(model: str) -> tuple[int, int]:
    """(4, 5) for Sonnet 4.5. Other vendors' models in this format take what the older ones take: (0, 0)."""
    found = _NEW_NAME.search(model) or _OLD_NAME.search(model)
    return (0, 0) if found is None else (int(found[1]), int(found[2] or 0))


def most_output(model: str) -> int:
    """What `max_tokens` is where the caller leaves it open and this format requires it: what the model can give, or at least so
    much that no ordinary answer is cut."""
    match generation(model):
        case (3, 0):
            return 4096
        case (0, 0) | (3, 5):
            return 8192
        case _:
            return 32_000


def takes_sampling(model: str) -> bool:
    """Opus 4.7 and all later models refuse `temperature`, `top_p` and `top_k`, whatever their value."""
    return generation(model) < ADAPTIVE_ONLY


def takes_one_of_temperature_and_top_p(model: str) -> bool:
    return (4, 5) <= generation(model) < ADAPTIVE_ONLY


def budget(reasoning: Reasoning) -> int:
    return reasoning.budget or _BUDGETS.get(reasoning.effort or "medium", _MEDIUM)


def effort(reasoning: Reasoning, model: str) -> str | None:
    """Anthropic's word; None if the caller only wants some thinking."""
    if reasoning.effort is None:
        tokens = reasoning.budget
        return None if tokens is None else "low" if tokens <= _LOW else "medium" if tokens <= _MEDIUM else "high"
    if reasoning.effort in ("xhigh", "max") and generation(model) < ADAPTIVE_ONLY:
        return "high"
    return "low" if reasoning.effort == "minimal" else reasoning.effort
