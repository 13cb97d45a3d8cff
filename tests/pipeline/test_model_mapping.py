"""Models under other names."""

import pytest

from pipeline.model_mapping import ModelMapping
from tests.pipeline.overrides.acting import refusal_of

MODELS = {
    "gpt-4": "gpt-4-turbo",
    "gpt-4-turbo": "gpt-4-turbo-2024-04-09",
    "same": "same",
    "openai/*": "*",
    "claude-*-latest": "claude-*-20250219",
    "claude-*": "claude-haiku",
    "*": "mini",
    "mini": "gpt-5-mini",
}


@pytest.mark.parametrize(
    ("asked", "served"),
    [
        ("gpt-4", "gpt-4-turbo-2024-04-09"),
        ("gpt-4-turbo", "gpt-4-turbo-2024-04-09"),
        ("gpt-4-turbo-2024-04-09", "gpt-5-mini"),
        ("same", "same"),
        ("openai/gpt-4", "gpt-4-turbo-2024-04-09"),
        ("openai/o3", "o3"),
        ("openai/openai/o3", "openai/o3"),
        ("claude-3-7-sonnet-latest", "claude-3-7-sonnet-20250219"),
        ("claude-3", "claude-haiku"),
        ("anything", "gpt-5-mini"),
        ("mini", "gpt-5-mini"),
    ],
)
def test_an_exact_name_then_the_longest_wildcard_then_the_chain_of_exact_names(asked: str, served: str) -> None:
    assert ModelMapping(MODELS).served(asked) == served


@pytest.mark.parametrize("asked", ["GPT-4", "gpt-4o", "xgpt-4", ""])
def test_what_no_entry_is_about_is_served_as_itself(asked: str) -> None:
    assert ModelMapping({"gpt-4": "gpt-4-turbo", "a*a": "b"}).served(asked) == asked
    assert ModelMapping({"a*a": "b"}).served("a") == "a"


@pytest.mark.parametrize(
    ("models", "said"),
    [
        ({"a": "b", "b": "a"}, "a.[key]: this chain never ends: a -> b -> a"),
        ({"x": "a", "a": "b", "b": "c", "c": "a"}, "x.[key]: this chain never ends: x -> a -> b -> c -> a"),
        ({"a?": "b"}, "a?.[key]: only * is a wildcard here"),
        ({"a*b*": "c"}, "a*b*.[key]: a name has one * at most"),
        ({"a": "b*"}, "a: there is no * in the model asked for"),
    ],
)
def test_what_can_never_be_served_is_refused_while_it_is_read(models: dict[str, str], said: str) -> None:
    assert refusal_of(ModelMapping, models).startswith(said)
