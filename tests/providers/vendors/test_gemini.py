"""Where Gemini's models are."""

import pytest

from providers import registry
from providers.plan import url

ROOT = "https://generativelanguage.googleapis.com/v1beta/"


@pytest.mark.parametrize(
    ("model", "operation", "stream", "path"),
    [
        ("gemini-2.5-pro", "chat", False, "models/gemini-2.5-pro:generateContent"),
        ("gemini-2.5-pro", "chat", True, "models/gemini-2.5-pro:streamGenerateContent?alt=sse"),
        ("gemini-2.5-pro", "count_tokens", False, "models/gemini-2.5-pro:countTokens"),
        ("models/gemini-2.5-pro", "chat", False, "models/gemini-2.5-pro:generateContent"),
        ("tunedModels/mine", "chat", False, "tunedModels/mine:generateContent"),
        ("a b?c", "chat", False, "models/a%20b%3Fc:generateContent"),
    ],
)
def test_where_a_model_is(model: str, operation: str, stream: bool, path: str) -> None:
    assert url(registry.get("gemini"), None, "gemini", operation, model, stream=stream) == ROOT + path


def test_the_key_is_in_googles_header() -> None:
    assert registry.get("gemini").sign("k") == {"x-goog-api-key": "k"}
