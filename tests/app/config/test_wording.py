from typing import Any

import pytest
from pydantic_core import ErrorDetails

from app.config.mistakes import Mistake
from app.config.problems import Where
from app.config.wording import secret_like, shown, worded


def told(
    kind: str, value: Any, *, at: Where = ("port",), expected: tuple[str, ...] = (), variables: tuple[str, ...] = (), **ctx: Any
) -> str:
    error: ErrorDetails = {"type": kind, "loc": at, "msg": "Input should be good", "input": value, "ctx": ctx}
    return worded(Mistake(at, error, expected=expected), lambda _: ["host", "port"], variables)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("abc", "'abc'"),
        ("x" * 100, "'" + "x" * 39 + "…"),
        (12, "12"),
        (True, "true"),
        (None, "nothing"),
        ([1], "a list"),
        ({"key": "hunter2"}, "a mapping"),
    ],
)
def test_values_are_shown_as_the_file_has_them_but_never_whole_structures(value: Any, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize(
    ("at", "secret"),
    [
        (("database",), True),
        (("redis",), True),
        (("channels", 0, "keys", 1), True),
        (("x", "apiKey"), True),
        (("proxy",), True),
        (("base_url",), True),
        (("server", "trusted_proxies", 0), False),
        (("tokens", 0, "quota_usd"), False),
        (("server", "port"), False),
        ((), False),
    ],
)
def test_a_field_s_name_tells_whether_its_value_is_secret(at: Where, secret: bool) -> None:
    assert secret_like(at) is secret


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (told("extra_forbidden", 1, at=("prot",)), "unknown field 'prot', did you mean 'port'?"),
        (told("extra_forbidden", 1, at=("zzz",)), "unknown field 'zzz'; known are host, port"),
        (told("missing", {}, at=("a", "name")), "the field 'name' is missing"),
        (told("int_type", "abc", expected=("an integer",)), "expected an integer, got 'abc'"),
        (told("int_type", "80", expected=("an integer",)), "expected an integer, got '80': leave out the quotes"),
        (told("string_type", 80, expected=("text",)), "expected text, got 80: put it in quotes"),
        (told("string_type", [], expected=("text", "a mapping")), "expected text or a mapping, got a list"),
        (told("greater_than_equal", 0, ge=1.0), "must be at least 1, got 0"),
        (told("less_than", 2, lt=1), "must be less than 1, got 2"),
        (told("too_short", [], min_length=1), "must have at least 1 entries, got a list"),
        (told("value_error", "x", error=ValueError("too odd")), "too odd"),
        (told("date_parsing", "x"), "should be good, got 'x'"),
    ],
)
def test_messages_say_what_to_write(message: str, text: str) -> None:
    assert message == text


@pytest.mark.parametrize(
    "message",
    [
        told("int_type", "hunter2", at=("password",), expected=("an integer",)),
        told("literal_error", "hunter2", at=("key",), expected=()),
        told("value_error", "hunter2", at=("token",), error=ValueError("hunter2 is bad")),
        told("value_error", "hunter2", variables=("PORT",), error=ValueError("hunter2 is bad")),
        told("int_type", "hunter2", expected=("an integer",), variables=("PORT",)),
        told("greater_than", 7, at=("keys", 0), gt=9),
        told("url_parsing", "hunter2", at=("redis",)),
    ],
)
def test_secrets_are_not_shown(message: str) -> None:
    assert message
    assert "hunter2" not in message
    assert "7" not in message


def test_a_choice_lists_what_is_allowed() -> None:
    error: ErrorDetails = {
        "type": "literal_error",
        "loc": ("mode",),
        "msg": "",
        "input": "rondom",
        "ctx": {"expected": "'first' or 'random'"},
    }
    message = worded(Mistake(("mode",), error), lambda _: [], ())
    assert message == "expected 'first' or 'random', got 'rondom', did you mean 'random'?"


def test_a_value_from_the_environment_is_called_by_its_variable() -> None:
    assert told("int_type", "x", expected=("an integer",), variables=("PORT",)) == "expected an integer, got the value of PORT"
    quoted = told("int_type", "80", expected=("an integer",), variables=("PORT",))
    assert quoted.endswith("got the value of PORT: write ${PORT} without quotes, on a line of its own")
