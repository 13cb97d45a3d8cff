"""What Gemini's generations take."""

import pytest

from providers.canonical import Reasoning
from providers.formats.gemini import models


@pytest.mark.parametrize(
    ("model", "found"),
    [
        ("gemini-1.5-flash-002", (1, 5)),
        ("gemini-2.5-pro-preview-06-05", (2, 5)),
        ("google/gemini-3-flash-preview", (3, 0)),
        ("gemini-3.5-flash", (3, 5)),
        ("gemini-flash-latest", (3, 0)),
        ("tunedModels/mine", (2, 0)),
        ("learnlm-2.0", (2, 0)),
    ],
)
def test_generation(model: str, found: tuple[int, int]) -> None:
    assert models.generation(model) == found


OFF, LITTLE, MUCH, ADAPTIVE = (
    Reasoning(enabled=False),
    Reasoning(effort="minimal"),
    Reasoning(effort="max"),
    Reasoning(adaptive=True),
)


@pytest.mark.parametrize(
    ("model", "reasoning", "level"),
    [
        ("gemini-3-pro", OFF, "LOW"),
        ("gemini-3-flash", OFF, "MINIMAL"),
        ("gemini-3-pro", LITTLE, "LOW"),
        ("gemini-3-flash", LITTLE, "MINIMAL"),
        ("gemini-3-flash", MUCH, "HIGH"),
        ("gemini-3-pro", Reasoning(effort="medium"), "HIGH"),
        ("gemini-3.1-pro", Reasoning(effort="medium"), "MEDIUM"),
        ("gemini-3-flash", Reasoning(budget=1024), "LOW"),
        ("gemini-3-flash", Reasoning(budget=8000), "MEDIUM"),
        ("gemini-3-flash", Reasoning(budget=20_000), "HIGH"),
        ("gemini-3-flash", ADAPTIVE, None),
    ],
)
def test_level(model: str, reasoning: Reasoning, level: str | None) -> None:
    assert models.level(reasoning, model) == level


@pytest.mark.parametrize(
    ("model", "reasoning", "budget"),
    [
        ("gemini-2.5-pro", OFF, 128),
        ("gemini-2.5-flash", OFF, 0),
        ("gemini-2.5-flash-lite", Reasoning(budget=100), 512),
        ("gemini-2.5-flash", Reasoning(budget=99_999), 24_576),
        ("gemini-2.5-pro", MUCH, 32_768),
        ("gemini-2.5-flash", Reasoning(effort="low"), 1024),
        ("gemini-2.5-flash", ADAPTIVE, -1),
        ("gemini-2.5-flash", Reasoning(show="auto"), None),
    ],
)
def test_budget(model: str, reasoning: Reasoning, budget: int | None) -> None:
    assert models.budget(reasoning, model) == budget


@pytest.mark.parametrize(
    ("model", "thinks"),
    [("gemini-2.0-flash", False), ("gemini-2.5-flash", True), ("gemini-2.5-flash-image", False), ("gemini-3-pro-image", True)],
)
def test_which_think(model: str, thinks: bool) -> None:
    assert models.thinks(model) is thinks
