"""A body under edit: only what changes is encoded anew."""

from typing import Any

import pytest

from pipeline.json_object import JsonObject
from pipeline.overrides.draft import Draft
from pipeline.overrides.paths import MISSING, Path

RAW = b'{ "a" : 1.0 ,"b": {"c":  [1,2, 3]}, "text": "x" }'


@pytest.fixture
def body() -> JsonObject:
    return JsonObject.parse(RAW)


def test_looking_changes_nothing(body: JsonObject) -> None:
    draft = Draft(body)
    assert draft.value(Path("b.c.1")) == 2
    assert draft.value(Path("b.d")) is MISSING
    draft.remove(Path("absent"))
    draft.change(Path("text"), lambda value: value + "")
    assert draft.write_back() == frozenset()
    assert body.encode() == RAW


def test_untouched_members_keep_their_bytes(body: JsonObject) -> None:
    draft = Draft(body)
    draft.value(Path("b"))
    draft.put(Path("text"), "y")
    assert draft.write_back() == {"text"}
    assert body.encode() == b'{"a":1.0,"b":{"c":  [1,2, 3]},"text":"y"}'


def test_elements_are_removed_from_the_end(body: JsonObject) -> None:
    draft = Draft(body)
    draft.remove(Path("b.c.*"))
    draft.remove(Path("a"))
    draft.write_back()
    assert body.encode() == b'{"b":{"c":[]},"text": "x" }'.replace(b'"text": "x" ', b'"text":"x"')


def test_a_value_of_the_configuration_is_never_changed_by_a_request(body: JsonObject) -> None:
    configured: dict[str, Any] = {"list": []}
    draft = Draft(body)
    draft.put(Path("a"), configured)
    draft.put(Path("a.list.0"), "of this request")
    assert configured == {"list": []}
