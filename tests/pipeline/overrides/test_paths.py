"""Where a path leads, and what setting something there makes."""

from copy import deepcopy
from typing import Any

import pytest
from pydantic_core import PydanticCustomError

from pipeline.overrides.paths import MISSING, Path

BODY: dict[str, Any] = {
    "temperature": 1,
    "none": None,
    "dotted.name": "dot",
    "messages": [{"role": "system", "content": "a"}, {"role": "user", "content": "b"}],
    "metadata": {"user": {"name": "bob"}, "0": "zero"},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("temperature", 1),
        ("none", None),
        ("dotted\\.name", "dot"),
        ("messages.0.content", "a"),
        ("messages.-1.content", "b"),
        ("messages.-2.content", "a"),
        ("messages.*.content", "a"),
        ("messages.#.content", "a"),
        ("metadata.user.name", "bob"),
        ("metadata.*.name", "bob"),
        ("metadata.0", "zero"),
        ("messages.2", MISSING),
        ("messages.-3", MISSING),
        ("messages.first", MISSING),
        ("messages.0.content.0", MISSING),
        ("absent", MISSING),
        ("temperature.x", MISSING),
    ],
)
def test_the_first_value_there(path: str, found: Any) -> None:
    assert Path(path).value(BODY) is found or Path(path).value(BODY) == found


def test_a_wildcard_is_every_element() -> None:
    places = Path("messages.*.role").places(BODY)
    assert [container[key] for container, key in places] == ["system", "user"]


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a", {}, {"a": 1}),
        ("a", {"a": 2}, {"a": 1}),
        ("a.b.c", {}, {"a": {"b": {"c": 1}}}),
        ("a.0.c", {}, {"a": [{"c": 1}]}),
        ("a.1", {"a": [5]}, {"a": [5, 1]}),
        ("a.-1", {"a": [5, 6]}, {"a": [5, 1]}),
        ("a.*.b", {"a": [{}, {"b": 2}]}, {"a": [{"b": 1}, {"b": 1}]}),
        ("a.*", {"a": {"x": 0, "y": 0}}, {"a": {"x": 1, "y": 1}}),
        ("a.5", {"a": [5]}, {"a": [5]}),
        ("a.-2", {"a": [5]}, {"a": [5]}),
        ("a.b", {"a": "text"}, {"a": "text"}),
        ("a.*.b", {}, {}),
    ],
)
def test_setting(path: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    root = deepcopy(before)
    assert Path(path).put(root, 1) is (before != after)
    assert root == after


@pytest.mark.parametrize(("before", "after"), [({"a": None}, {"a": None}), ({"a": 0}, {"a": 0}), ({}, {"a": 1})])
def test_what_is_there_can_be_kept_and_null_is_there(before: dict[str, Any], after: dict[str, Any]) -> None:
    Path("a").put(before, 1, keep=True)
    assert before == after


@pytest.mark.parametrize(
    ("path", "said"),
    [("", "expected a path"), ("a..b", "expected a path"), (".", "expected a path"), ("*.a", "begins with a name")],
)
def test_no_path(path: str, said: str) -> None:
    with pytest.raises(PydanticCustomError, match=said):
        Path(path)
