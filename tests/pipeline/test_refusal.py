"""Refusals: where they are, and what they say."""

import pytest
from pydantic import ValidationError

from pipeline.refusal import near, placed, reasons, refusal, refuse_unknown, refused


def test_a_brace_in_a_message_is_a_brace() -> None:
    assert refusal("write {api_key}").message() == "write {api_key}"
    assert reasons(refused("write {api_key}", "a", 0)) == "a.0: write {api_key}"


def test_what_is_refused_inside_is_refused_at_its_place() -> None:
    def read(_: str) -> str:
        raise refusal("no")

    with pytest.raises(ValidationError) as raised:
        placed(("x", 1), read, "value")
    assert reasons(raised.value) == "x.1: no"
    with pytest.raises(ValidationError) as raised:
        placed(("w",), placed, ("x", 1), read, "value")
    assert reasons(raised.value) == "w.x.1: no"
    assert placed(("x",), str.upper, "a") == "A"


@pytest.mark.parametrize(
    ("word", "said"), [("sett", ", did you mean 'set'?"), ("zzz", "; known are set, delete"), (5, "; known are set, delete")]
)
def test_a_suggestion_or_all_that_is_known(word: object, said: str) -> None:
    assert near(word, ("set", "delete")) == said


def test_an_unknown_word_is_refused_at_the_word() -> None:
    refuse_unknown({"a": 1}, ("a", "b"), "it")
    with pytest.raises(ValidationError) as raised:
        refuse_unknown({"a": 1, "aa": 2}, ("a", "b"), "it")
    assert reasons(raised.value).startswith("aa.[key]: it knows no 'aa'")
