from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from app.config.mistakes import Mistake, mistakes
from app.config.problems import Where


class Key(BaseModel):
    name: str
    priority: int = 0


class Root(BaseModel):
    keys: list[str | Key] = []
    codes: dict[int, int] = {}
    nested: dict[str, list[int] | dict[str, bool | int]] = {}


def found(value: Any) -> list[Mistake]:
    with pytest.raises(ValidationError) as error:
        TypeAdapter(Root).validate_python(value, strict=True, extra="forbid")
    return mistakes(error.value.errors(), value)


@pytest.mark.parametrize(
    ("value", "at", "expected"),
    [
        ({"keys": 1}, ("keys",), ("a list",)),
        ({"keys": ["a", 1]}, ("keys", 1), ("text", "a mapping")),
        ({"keys": [{"name": 1}]}, ("keys", 0, "name"), ("text",)),
        ({"keys": [{"name": "a", "priority": "x"}]}, ("keys", 0, "priority"), ("an integer",)),
        ({"nested": {"a": "x"}}, ("nested", "a"), ("a list", "a mapping")),
        ({"nested": {"a": {"b": "x"}}}, ("nested", "a", "b"), ("true or false", "an integer")),
        ({"nested": {"a": [1, "x"]}}, ("nested", "a", 1), ("an integer",)),
    ],
)
def test_one_mistake_is_one_however_many_alternatives_refuse_it(value: Any, at: Where, expected: tuple[str, ...]) -> None:
    [mistake] = found(value)
    assert (mistake.at, mistake.expected) == (at, expected)


def test_unknown_and_missing_fields_are_told_apart() -> None:
    by_place = {mistake.at: mistake for mistake in found({"keys": [{"nmae": "x"}], "more": 1})}
    assert by_place["more",].unknown
    assert by_place["keys", 0, "nmae"].unknown
    assert by_place["keys", 0, "name"].missing


def test_a_wrong_key_of_a_mapping_is_a_mistake_of_the_key() -> None:
    [mistake] = found({"codes": {"x": 1}})
    assert mistake.key
    assert (mistake.at, mistake.expected) == (("codes", "x"), ("an integer",))
