"""Operations on texts."""

from typing import Any

import pytest

from pipeline.overrides.param_override import read_param_override
from tests.pipeline.overrides.acting import operated, refusal_of


@pytest.mark.parametrize(
    ("operation", "before", "after"),
    [
        ({"mode": "trim_prefix", "value": "openai/"}, "openai/gpt", "gpt"),
        ({"mode": "trim_prefix", "value": "openai/"}, "gpt", "gpt"),
        ({"mode": "trim_suffix", "value": "-latest"}, "gpt-latest", "gpt"),
        ({"mode": "ensure_prefix", "value": "openai/"}, "gpt", "openai/gpt"),
        ({"mode": "ensure_prefix", "value": "openai/"}, "openai/gpt", "openai/gpt"),
        ({"mode": "ensure_suffix", "value": "-latest"}, "gpt", "gpt-latest"),
        ({"mode": "ensure_suffix", "value": "-latest"}, "gpt-latest", "gpt-latest"),
        ({"mode": "trim_space"}, " \n gpt\t", "gpt"),
        ({"mode": "to_lower"}, "GPT", "gpt"),
        ({"mode": "to_upper"}, "gpt", "GPT"),
        ({"mode": "replace", "from": "a", "to": "b"}, "aXa", "bXb"),
        ({"mode": "replace", "from": "a"}, "aXa", "X"),
        ({"mode": "regex_replace", "from": "^gpt-", "to": "openai/gpt-"}, "gpt-4", "openai/gpt-4"),
        ({"mode": "regex_replace", "from": r"(\w+)-(?P<n>\d)", "to": "${n}/$1"}, "gpt-4", "4/gpt"),
        ({"mode": "regex_replace", "from": "4", "to": r"$$\1"}, "gpt-4", r"gpt-$\1"),
        ({"mode": "regex_replace", "from": "[0-9]"}, "a1b2", "ab"),
        ({"mode": "to_upper"}, 5, 5),
        ({"mode": "to_upper"}, ["a"], ["a"]),
    ],
)
def test_each_does_what_its_row_says(operation: dict[str, Any], before: Any, after: Any) -> None:
    assert operated({"t": before}, {**operation, "path": "t"}).body == {"t": after}


def test_a_wildcard_edits_every_text_there() -> None:
    messages = [{"content": "a"}, {"content": [{"type": "text"}]}, {"content": "b"}]
    edited = operated({"messages": messages}, {"mode": "to_upper", "path": "messages.*.content"}).body
    assert [message["content"] for message in edited["messages"]] == ["A", [{"type": "text"}], "B"]


def test_a_text_that_stays_leaves_the_bytes_as_they_came() -> None:
    raw = b'{"model" : "gpt"}'
    assert operated(raw, {"mode": "trim_prefix", "path": "model", "value": "x/"}).raw == raw


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ({"mode": "regex_replace", "from": "("}, "operations.0.from: not a regular expression: missing )"),
        ({"mode": "regex_replace", "from": "a", "to": "$1"}, "operations.0.to: the pattern has no group '1'"),
        ({"mode": "regex_replace", "from": "a", "to": "${x}"}, "operations.0.to: the pattern has no group 'x'"),
        ({"mode": "ensure_prefix", "value": ""}, "operations.0.value: "),
        ({"mode": "replace", "from": ""}, "operations.0.from: "),
        ({"mode": "trim_prefix"}, "operations.0.value: Field required"),
        ({"mode": "trim_prefix", "value": 5}, "operations.0.value: Input should be a valid string"),
    ],
)
def test_what_cannot_work_is_refused_while_it_is_read(operation: dict[str, Any], said: str) -> None:
    assert refusal_of(read_param_override, {"operations": [{"path": "t", **operation}]}).startswith(said)
