"""When an operation applies."""

from typing import Any

import pytest

from pipeline.overrides.param_override import read_param_override
from pipeline.retry import Failure
from tests.pipeline.overrides.acting import operated, refusal_of

BODY = {"n": 5, "text": "hello world", "flag": True, "list": [{"a": "x"}], "null": None, "model": "served"}


def applies(conditions: Any, *, logic: str | None = None, body: Any = BODY, **about: Any) -> bool:
    joined = {} if logic is None else {"logic": logic}
    mark = {"mode": "set", "path": "mark", "value": 1, "conditions": conditions, **joined}
    return "mark" in operated(body, mark, **about).body


@pytest.mark.parametrize(
    ("mode", "path", "value", "holds"),
    [
        ("full", "n", 5, True),
        ("full", "n", 5.0, True),
        ("full", "n", "5", False),
        ("full", "flag", True, True),
        ("full", "flag", 1, False),
        ("full", "list.0", {"a": "x"}, True),
        ("full", "null", None, True),
        ("prefix", "text", "hello", True),
        ("prefix", "text", "world", False),
        ("suffix", "text", "world", True),
        ("contains", "text", "o w", True),
        ("contains", "n", "5", True),
        ("contains", "list", '"a":"x"', True),
        ("contains", "list.*.a", "y", False),
        ("gt", "n", 4, True),
        ("gt", "n", 5, False),
        ("gte", "n", 5, True),
        ("lt", "n", 5.5, True),
        ("lte", "n", 4, False),
        ("gt", "text", 1, False),
        ("gt", "flag", 0, False),
    ],
)
@pytest.mark.parametrize("invert", [False, True])
def test_how_values_compare(mode: str, path: str, value: Any, holds: bool, invert: bool) -> None:
    assert applies([{"path": path, "mode": mode, "value": value, "invert": invert}]) is (holds is not invert)


@pytest.mark.parametrize("invert", [False, True])
@pytest.mark.parametrize("passes", [False, True])
def test_what_is_missing_passes_only_if_it_may(passes: bool, invert: bool) -> None:
    condition = {"path": "absent", "value": 1, "pass_missing_key": passes, "invert": invert}
    assert applies([condition]) is passes


YES, NO = {"path": "n", "value": 5}, {"path": "n", "value": 6}


@pytest.mark.parametrize(
    ("conditions", "logic", "holds"),
    [
        ([YES, NO], None, True),
        ([YES, NO], "OR", True),
        ([YES, NO], "AND", False),
        ([YES, YES], "and", True),
        ([NO, NO], "or", False),
        ([], "AND", True),
        ({"n": 5}, None, True),
        ({"n": 5, "text": "no"}, "AND", False),
    ],
)
def test_how_conditions_are_joined(conditions: Any, logic: str | None, holds: bool) -> None:
    assert applies(conditions, logic=logic) is holds


FAILURE = Failure("The upstream answered with status 429.", status=429)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("original_model", "asked"),
        ("upstream_model", "served"),
        ("request_path", "/v1/chat/completions"),
        ("request_headers.X-Team", "blue"),
        ("request_headers.x-team", "blue"),
        ("header_override.content-type", "application/json"),
        ("channel", "main"),
        ("user_id", "u1"),
        ("username", "alice"),
        ("group", "vip"),
        ("using_group", "vip"),
        ("token_group", "vip"),
        ("user_group", "default"),
        ("attempt", 2),
        ("retry_index", 1),
        ("is_retry", True),
        ("retry.index", 1),
        ("retry.is_retry", True),
        ("last_error.status_code", 429),
        ("last_error_status_code", 429),
        ("last_error.message", "The upstream answered with status 429."),
        ("last_error_code", "upstream_error"),
        ("last_error_type", "upstream_error"),
        ("is_channel_test", False),
    ],
)
def test_what_a_condition_may_ask_beside_the_body(path: str, value: Any) -> None:
    assert applies([{"path": path, "value": value}], sent=[("X-Team", "blue")], number=2, failure=FAILURE)


@pytest.mark.parametrize("path", ["last_error", "last_error_status_code", "last_error.message", "request_headers.x-team"])
def test_what_a_first_attempt_does_not_know_is_missing(path: str) -> None:
    assert applies([{"path": path, "value": {}, "pass_missing_key": True}])


def test_the_body_goes_before_a_fact_of_the_same_name() -> None:
    assert applies([{"path": "group", "value": "of the body"}], body={"group": "of the body"})
    assert applies([{"path": "model", "value": "served"}], body={})


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ([{"path": "n", "mode": "is", "value": 1}], "conditions.0.mode: no condition is called 'is'; known are full, prefix"),
        (
            [{"path": "n", "mode": "sufix", "value": 1}],
            "conditions.0.mode: no condition is called 'sufix', did you mean 'suffix'?",
        ),
        ([{"path": "n", "mode": "gt", "value": "4"}], "conditions.0.value: 'gt' compares numbers"),
        ([{"path": "n"}], "conditions.0.value: Field required"),
        ([{"path": "n..x", "value": 1}], "conditions.0.path: expected a path"),
        (
            [{"path": "n", "value": 1, "inverse": True}],
            "conditions.0.inverse.[key]: a condition knows no 'inverse', did you mean",
        ),
        ("n", "conditions: Input should be a valid list"),
    ],
)
def test_what_cannot_be_asked_is_refused_while_it_is_read(conditions: Any, said: str) -> None:
    written = {"operations": [{"mode": "delete", "path": "n", "conditions": conditions}]}
    assert refusal_of(read_param_override, written).startswith(f"operations.0.{said}")


def test_a_logic_is_and_or_or() -> None:
    written = {"operations": [{"mode": "delete", "path": "n", "logic": "xor"}]}
    assert refusal_of(read_param_override, written) == "operations.0.logic: expected 'and' or 'or'"
