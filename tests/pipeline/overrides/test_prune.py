"""Objects that are taken out."""

from typing import Any

import pytest

from pipeline.overrides.param_override import read_param_override
from tests.pipeline.overrides.acting import operated, refusal_of

THOUGHT, TEXT = {"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "hi"}
MESSAGES = [{"role": "user", "content": "q"}, {"role": "assistant", "content": [THOUGHT, TEXT, {"nested": [THOUGHT]}]}]
CLEAN = [{"role": "user", "content": "q"}, {"role": "assistant", "content": [TEXT, {"nested": []}]}]


@pytest.mark.parametrize(
    ("written", "after"),
    [
        ({"path": "messages", "value": "thinking"}, CLEAN),
        ({"path": "messages", "value": {"where": {"type": "thinking"}}}, CLEAN),
        ({"path": "messages", "value": {"conditions": [{"path": "thinking", "value": "hm"}]}}, CLEAN),
        ({"path": "", "value": "thinking"}, CLEAN),
        ({"value": "thinking"}, CLEAN),
        ({"path": "messages.*.content", "value": "thinking"}, CLEAN),
        ({"path": "messages.1.content", "value": {"where": {"type": "thinking"}, "recursive": False}},
         [MESSAGES[0], {"role": "assistant", "content": [TEXT, {"nested": [THOUGHT]}]}]),
        ({"path": "messages", "value": {"where": {"type": "thinking"}, "recursive": False}}, MESSAGES),
        ({"path": "messages", "value": {"where": {"type": "text", "text": "no"}}}, MESSAGES),
        ({"path": "messages", "value": {"where": {"type": "text", "text": "no"}, "logic": "OR"}},
         [MESSAGES[0], {"role": "assistant", "content": [THOUGHT, {"nested": [THOUGHT]}]}]),
        ({"path": "messages", "value": {"where": {"role": "assistant"}}}, MESSAGES[:1]),
        ({"path": "absent", "value": "thinking"}, MESSAGES),
    ],
)  # fmt: skip
def test_objects_that_match_go(written: dict[str, Any], after: Any) -> None:
    assert operated({"messages": MESSAGES}, {"mode": "prune_objects", **written}).body == {"messages": after}


def test_members_that_are_objects_go_too() -> None:
    tool = {"type": "x", "function": {"type": "drop"}}
    assert operated({"tool": tool}, {"mode": "prune_objects", "path": "tool", "value": "drop"}).body == {"tool": {"type": "x"}}


def test_a_body_without_a_match_keeps_its_bytes() -> None:
    raw = b'{"messages" : [ {"content": []} ]}'
    assert operated(raw, {"mode": "prune_objects", "value": "thinking"}).raw == raw


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, "operations.0.value: say which objects to remove"),
        ("", "operations.0.value: expected the `type`"),
        (5, "operations.0.value: expected the `type`"),
        ({"where": {"type": "x"}, "recursive": "yes"}, "operations.0.value.recursive: Input should be a valid boolean"),
    ],
)
def test_what_says_nothing_is_refused_while_it_is_read(value: Any, said: str) -> None:
    assert refusal_of(read_param_override, {"operations": [{"mode": "prune_objects", "value": value}]}).startswith(said)
