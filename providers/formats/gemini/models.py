"""What Gemini's generations take, as far as a request must be written differently for them."""

import re

from providers.canonical import Reasoning

_NAME = re.compile(r"gemini-(\d+)(?:\.(\d+))?")
_LATEST = re.compile(r"gemini-[a-z-]+-latest")
_MUTE = re.compile(r"image|tts|embedding|audio|live|computer")

STOPS = 5
"""The most stop strings there may be."""

_BUDGETS = {"minimal": 512, "low": 1024, "medium": 8192, "high": 24_576, "xhigh": 32_768, "max": 32_768}
_LOW, _MEDIUM = 2048, 8192
"""Tokens of thinking up to which the level is low, and medium."""

_LEVELS = {"minimal": "MINIMAL", "low": "LOW", "medium": "MEDIUM", "high": "HIGH", "xhigh": "HIGH", "max": "HIGH"}


def generation(model: str) -> tuple[int, int]:
    """(2, 5) for gemini-2.5-pro. Other names, tuned models' say, count as of the middle: (2, 0)."""
    if (found := _NAME.search(model)) is not None:
        return int(found[1]), int(found[2] or 0)
    return (3, 0) if _LATEST.search(model) else (2, 0)


def takes_json_schema(model: str) -> bool:
    """`parametersJsonSchema` and `responseJsonSchema`; before that there is only a subset of OpenAPI's schema."""
    return generation(model) >= (2, 0)


def takes_tools_with_json(model: str) -> bool:
    """Before Gemini 3 a JSON answer and functions together are a 400."""
    return generation(model) >= (3, 0)


def takes_penalties(model: str) -> bool:
    return generation(model) < (3, 0)


def signs_calls(model: str) -> bool:
    """Refuses a call in the history that has no signature."""
    return generation(model) >= (3, 0)


def takes_media_in_results(model: str) -> bool:
    return generation(model) >= (3, 0)


def thinks(model: str) -> bool:
    found = generation(model)
    return found >= (3, 0) or (found == (2, 5) and _MUTE.search(model) is None)


def level(reasoning: Reasoning, model: str) -> str | None:
    """Gemini 3's `thinkingLevel`; None if the caller only wants some thinking. Pro cannot be told not to think, and has no
    `MINIMAL`."""
    pro = "flash" not in model
    if reasoning.enabled is False:
        return "LOW" if pro else "MINIMAL"
    if reasoning.effort is None:
        tokens = reasoning.budget
        return None if tokens is None else "LOW" if tokens <= _LOW else "MEDIUM" if tokens <= _MEDIUM else "HIGH"
    found = _LEVELS.get(reasoning.effort, "HIGH")
    if pro and found == "MINIMAL":
        return "LOW"
    return "HIGH" if pro and found == "MEDIUM" and generation(model) == (3, 0) else found


def budget(reasoning: Reasoning, model: str) -> int | None:
    """Gemini 2.5's `thinkingBudget`, in tokens: -1 is as many as it likes."""
    least, most = (128, 32_768) if "pro" in model else (512, 24_576) if "lite" in model else (0, 24_576)
    if reasoning.enabled is False:
        return 128 if "pro" in model else 0
    wanted = reasoning.budget if reasoning.budget is not None else _BUDGETS.get(reasoning.effort or "")
    if wanted is None:
        return -1 if reasoning.adaptive else None
    return min(max(wanted, least), most)
