"""Operations on values of any kind."""

from typing import Any

import pytest

from tests.pipeline.overrides.acting import operated

Op = dict[str, Any]

ROWS: list[tuple[Op, Any, Any]] = [
    ({"mode": "set", "path": "t", "value": 0}, {"t": 1}, {"t": 0}),
    ({"mode": "set", "path": "t", "value": None}, {"t": 1}, {"t": None}),
    ({"mode": "set", "path": "a.b", "value": 1}, {}, {"a": {"b": 1}}),
    ({"mode": "set", "path": "t", "value": 0, "keep_origin": True}, {"t": 1}, {"t": 1}),
    ({"mode": "set", "path": "t", "value": 0, "keep_origin": True}, {}, {"t": 0}),
    ({"mode": "default", "path": "t", "value": 0}, {"t": None}, {"t": None}),
    ({"mode": "default", "path": "tools.*.strict", "value": True}, {"tools": [{}, {"strict": 0}]},
     {"tools": [{"strict": True}, {"strict": 0}]}),
    ({"mode": "delete", "path": "t"}, {"t": 1, "u": 2}, {"u": 2}),
    ({"mode": "delete", "path": "m.0"}, {"m": [1, 2]}, {"m": [2]}),
    ({"mode": "delete", "path": "m.*.x"}, {"m": [{"x": 1}, {"x": 2, "y": 3}]}, {"m": [{}, {"y": 3}]}),
    ({"mode": "move", "from": "m.0.content", "to": "system"}, {"m": [{"content": "s"}]}, {"m": [{}], "system": "s"}),
    ({"mode": "move", "from": "max_tokens", "to": "max_completion_tokens"}, {"max_tokens": 5}, {"max_completion_tokens": 5}),
    ({"mode": "move", "from": "absent", "to": "x"}, {"a": 1}, {"a": 1}),
    ({"mode": "copy", "from": "a", "to": "b.c"}, {"a": [1]}, {"a": [1], "b": {"c": [1]}}),
    ({"mode": "copy", "from": "absent", "to": "x"}, {}, {}),
    ({"mode": "copy", "from": "stream", "to": "was"}, {"stream": True}, {"stream": True, "was": True}),
    ({"mode": "append", "path": "t", "value": "!"}, {"t": "a"}, {"t": "a!"}),
    ({"mode": "prepend", "path": "t", "value": "!"}, {"t": "a"}, {"t": "!a"}),
    ({"mode": "append", "path": "t", "value": 3}, {"t": [1]}, {"t": [1, 3]}),
    ({"mode": "append", "path": "t", "value": [3, 4]}, {"t": [1]}, {"t": [1, 3, 4]}),
    ({"mode": "prepend", "path": "t", "value": [{"role": "system"}]}, {"t": [1]}, {"t": [{"role": "system"}, 1]}),
    ({"mode": "append", "path": "t", "value": {"a": 2, "b": 2}}, {"t": {"a": 1}}, {"t": {"a": 2, "b": 2}}),
    ({"mode": "append", "path": "t", "value": {"a": 2, "b": 2}, "keep_origin": True}, {"t": {"a": 1}}, {"t": {"a": 1, "b": 2}}),
    ({"mode": "append", "path": "t", "value": "!"}, {"t": 1}, {"t": 1}),
    ({"mode": "append", "path": "t", "value": "!"}, {}, {}),
    ({"mode": "append", "path": "m.-1.content", "value": "?"}, {"m": [{"content": "a"}, {"content": "b"}]},
     {"m": [{"content": "a"}, {"content": "b?"}]}),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "before", "after"), ROWS)
def test_each_does_what_its_row_says(operation: Op, before: Any, after: Any) -> None:
    assert operated(before, operation).body == after


def test_operations_see_what_the_ones_before_them_did() -> None:
    rename = {"mode": "move", "from": "a", "to": "b"}
    assert operated({"a": "x"}, rename, {"mode": "append", "path": "b", "value": "y"}).body == {"b": "xy"}


def test_a_copy_is_one_of_its_own() -> None:
    copy = {"mode": "copy", "from": "a", "to": "b"}
    assert operated({"a": {}}, copy, {"mode": "set", "path": "b.x", "value": 1}).body == {"a": {}, "b": {"x": 1}}
