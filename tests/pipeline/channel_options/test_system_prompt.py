"""The operator's prompt among the caller's messages."""

from typing import Any

import pytest

from pipeline.channel_options.system_prompt import into_messages, into_system
from pipeline.json_object import JsonObject

OURS = {"role": "system", "content": "P"}
USER = {"role": "user", "content": "q"}


def theirs(content: Any, role: str = "system") -> dict[str, Any]:
    return {"role": role, "content": content}


PARTS = [{"type": "text", "text": "S"}]


@pytest.mark.parametrize(
    ("mode", "before", "after"),
    [
        ("add", [USER], [OURS, USER]),
        ("default", [USER], [OURS, USER]),
        ("override", [USER], [OURS, USER]),
        ("add", [theirs("S"), USER], [theirs("P\n\nS"), USER]),
        ("add", [theirs("S", "developer"), USER], [theirs("P\n\nS", "developer"), USER]),
        ("add", [theirs(PARTS), USER], [theirs([{"type": "text", "text": "P"}, *PARTS]), USER]),
        ("add", [theirs(None), USER], [OURS, USER]),
        ("default", [theirs("S"), USER], [theirs("S"), USER]),
        ("override", [theirs("S"), USER, theirs("T", "developer")], [OURS, USER]),
        ("add", [], [OURS]),
    ],
)
def test_where_it_goes(mode: str, before: Any, after: Any) -> None:
    body = JsonObject.parse(b"{}")
    body.set("messages", before)
    into_messages(body, "P", mode)
    assert body.get("messages") == after


def test_a_body_without_messages_is_left_alone() -> None:
    body = JsonObject.parse(b'{"messages": "what?"}')
    into_messages(body, "P", "override")
    assert body.verbatim


@pytest.mark.parametrize(
    ("mode", "before", "after"),
    [
        ("add", None, "P"),
        ("default", None, "P"),
        ("override", None, "P"),
        ("add", "S", "P\n\nS"),
        ("default", "S", "S"),
        ("override", "S", "P"),
        ("add", PARTS, [{"type": "text", "text": "P"}, *PARTS]),
        ("override", PARTS, "P"),
    ],
)
def test_where_it_goes_in_a_message_of_anthropic_s(mode: str, before: Any, after: Any) -> None:
    body = JsonObject.of({} if before is None else {"system": before})
    into_system(body, "P", mode)
    assert body.get("system") == after
