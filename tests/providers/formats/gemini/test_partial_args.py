"""Arguments that come value by value."""

from typing import Any

import orjson
import pytest

from providers.formats.gemini.partial_args import PartialArgs


def string(path: str, value: str, *, more: bool = False) -> dict[str, Any]:
    return {"jsonPath": path, "stringValue": value} | ({"willContinue": True} if more else {})


@pytest.mark.parametrize(
    ("pieces", "whole"),
    [
        ([], {}),
        ([string("$.id", "A", more=True), string("$.id", "B")], {"id": "AB"}),
        ([string("$.id", "A"), string("$.id", "B")], {"id": "B"}),
        ([string("$.a.b", "x"), string("$.a['c d']", "y")], {"a": {"b": "x", "c d": "y"}}),
        ([string("$.list[1].x", "y"), string("$.list[0]", "z")], {"list": ["z", {"x": "y"}]}),
        ([{"jsonPath": "$.n", "numberValue": 2.5}, {"jsonPath": "$.b", "boolValue": False}], {"n": 2.5, "b": False}),
        ([{"jsonPath": "$.n", "nullValue": "NULL_VALUE"}], {"n": None}),
        ([{"jsonPath": "$", "stringValue": "x"}, {"jsonPath": "$.a"}, {}, "odd", None], {}),
        ([string("$.a", "x"), string("$.a.b", "y")], {"a": "x"}),
    ],
)
def test_what_they_make(pieces: list[Any], whole: Any) -> None:
    arguments = PartialArgs()
    for piece in pieces:
        arguments.feed({"partialArgs": [piece]})
    assert orjson.loads(arguments.text()) == whole


def test_whole_arguments_are_taken_as_they_are() -> None:
    arguments = PartialArgs()
    arguments.feed({"args": {"b": 1, "a": [2]}})
    assert arguments.text() == '{"b":1,"a":[2]}'
