"""A whole override of a body: New-API's two dialects, alone and together."""

from typing import Any

import msgspec
import pytest

from pipeline.errors import BadRequest
from pipeline.overrides.operations import MODES
from pipeline.overrides.param_override import read_param_override
from tests.pipeline.overrides.acting import overridden, refusal_of

APPEND = {"mode": "append", "path": "temperature.x", "value": "!"}


@pytest.mark.parametrize(
    ("override", "after"),
    [
        ({"temperature": 0}, {"model": "served", "temperature": 0}),
        ({"a.b": 1}, {"model": "served", "temperature": 1, "a.b": 1}),
        ({"temperature": None}, {"model": "served", "temperature": None}),
        ({"temperature": {"x": "y"}, "operations": [APPEND]}, {"model": "served", "temperature": {"x": "y!"}}),
    ],
)
@pytest.mark.parametrize("as_text", [False, True])
def test_members_are_set_then_operations_act(override: Any, after: Any, as_text: bool) -> None:
    written = msgspec.json.encode(override).decode() if as_text else override
    assert overridden({"model": "served", "temperature": 1}, written).body == after


def test_members_that_are_not_named_keep_their_bytes() -> None:
    raw = b'{"temperature" : 1, "messages": [ { "content" :  1.50 } ]}'
    assert overridden(raw, {"temperature": 0}).raw == b'{"temperature":0,"messages":[ { "content" :  1.50 } ]}'


@pytest.mark.parametrize(
    "override",
    [{"model": "other"}, {"operations": [{"mode": "set", "path": "model", "value": "other"}]}],
)
def test_a_changed_model_is_the_attempts_model(override: Any) -> None:
    acted = overridden({"model": "served"}, override)
    assert acted.attempt.model == acted.body["model"] == "other"
    assert (acted.flow.model, acted.flow.asked_model) == ("asked", "asked")


USED: dict[str, dict[str, Any]] = {
    "copy": {"from": "a", "to": "b"},
    "copy_header": {"from": "x-a", "to": "x-b"},
    "delete_header": {"path": "x-a"},
    "move": {"from": "a", "to": "b"},
    "move_header": {"from": "x-a", "to": "x-b"},
    "pass_headers": {"value": ["x-a"]},
    "prune_objects": {"value": "x"},
    "regex_replace": {"path": "a", "from": "x"},
    "replace": {"path": "a", "from": "x"},
    "return_error": {"value": "no"},
    "set_header": {"path": "x-a", "value": "1"},
    "sync_fields": {"from": "a", "to": "b"},
    **{mode: {"path": "a"} for mode in ("delete", "trim_space", "to_lower", "to_upper")},
}
"""What a mode has use for; those that are not here take a path and a value."""


@pytest.mark.parametrize("mode", MODES)
def test_an_editor_may_write_every_word_of_the_dialect_where_it_is_blank(mode: str) -> None:
    blank = {
        "path": "",
        "value": None,
        "from": "",
        "to": "",
        "keep_origin": False,
        "conditions": [],
        "logic": "",
        "description": "",
    }
    written = {**blank, "mode": mode, **USED.get(mode, {"path": "a", "value": "x"})}
    assert refusal_of(read_param_override, {"operations": [written]}) == "accepted"


def test_a_body_too_deep_to_walk_is_the_callers_fault() -> None:
    deep = b'{"a": ' + b"[" * 900 + b"]" * 900 + b"}"
    with pytest.raises(BadRequest, match="nested too deeply"):
        overridden(deep, {"operations": [{"mode": "prune_objects", "value": "x"}]})


@pytest.mark.parametrize("override", [{}, "", "{}", {"operations": []}])
def test_nothing_is_nothing(override: Any) -> None:
    assert read_param_override(override) is None


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ({"stream": True}, "stream.[key]: 'stream' cannot be changed: how the answer is sent is the caller's choice"),
        ({"operations": [{"mode": "set", "path": "stream", "value": False}]}, "operations.0.path: 'stream' cannot be changed"),
        ({"operations": [{"mode": "move", "from": "stream", "to": "x"}]}, "operations.0.from: 'stream' cannot be changed"),
        ({"operations": [{"mode": "copy", "from": "a.*", "to": "x"}]}, "operations.0.from: expected the path of one value"),
        ({"operations": [{"mode": "sett", "path": "a"}]}, "operations.0.mode: no mode is called 'sett', did you mean 'set'?"),
        ({"operations": [{"mode": ["set"]}]}, "operations.0.mode: no mode is called ['set'], did you mean 'set'?"),
        ({"operations": [{"path": "a"}]}, "operations.0: an operation needs a `mode`"),
        ({"operations": [{"mode": 5}]}, "operations.0.mode: no mode is called 5; known are set, default"),
        ({"operations": ["set"]}, "operations.0: expected an operation"),
        ({"operations": {}}, "operations: Input should be a valid list"),
        ({"operations": [{"mode": "set", "path": "a"}]}, "operations.0.value: Field required"),
        ({"operations": [{"mode": "set", "paht": "a", "value": 1}]},
         "operations.0.paht.[key]: 'set' knows no 'paht', did you mean 'path'?"),
        ({"operations": [{"mode": "delete", "path": "a", "value": 1}]},
         "operations.0.value.[key]: 'delete' knows no 'value'; known are"),
        ("[]", ": expected a mapping"),
        ("{a: 1}", ": expected a mapping, or the JSON of one"),
    ],
)  # fmt: skip
def test_what_cannot_work_is_refused_while_it_is_read(override: Any, said: str) -> None:
    assert refusal_of(read_param_override, override).startswith(said)
