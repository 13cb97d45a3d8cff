"""Arguments as JSON text, as an object, and as free text."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.formats.arguments import as_object, is_complete, unwrap, wrap


@pytest.mark.parametrize(
    ("text", "raw"),
    [
        ("", b"{}"),
        (" \n", b"{}"),
        ('{"b": 1.50, "a":[ ]}', b'{"b": 1.50, "a":[ ]}'),
        ("[1]", b'{"value":[1]}'),
        ('"x"', b'{"value":"x"}'),
        ('{"a":', b'{"invalid_arguments":"{\\"a\\":"}'),
    ],
)
def test_as_an_object_with_every_byte_that_was_there(text: str, raw: bytes) -> None:
    assert msgspec.json.encode(as_object(text)) == raw


@pytest.mark.parametrize(("text", "whole"), [("{}", True), ('{"a"', False), ("", False), ("{}{}", False), ("1", True)])
def test_whether_it_is_whole(text: str, whole: bool) -> None:
    assert is_complete(text) is whole


@given(st.text())
def test_free_text_comes_back(text: str) -> None:
    assert unwrap(wrap(text)) == text


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ('{"input":"x"}', "x"),
        ('{"patch":"x"}', "x"),
        ('{"a":"x","b":"y"}', '{"a":"x","b":"y"}'),
        ("x", "x"),
        ('{"input":1}', '{"input":1}'),
    ],
)
def test_models_do_not_always_keep_to_the_one_name(arguments: str, text: str) -> None:
    assert unwrap(arguments) == text
