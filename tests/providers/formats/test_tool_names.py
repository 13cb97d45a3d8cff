"""Names within every vendor's rules."""

import re

from hypothesis import given
from hypothesis import strategies as st

from providers.canonical import CustomTool, FunctionTool, Message, Request, ToolCall
from providers.formats.tool_names import ToolNames, fitting


@given(st.text(max_size=200), st.integers(20, 128))
def test_any_name_fits_and_always_in_the_same_way(name: str, limit: int) -> None:
    found = fitting(name, limit)
    assert re.fullmatch(r"[A-Za-z0-9_-]+", found)
    assert len(found) <= limit
    assert fitting(name, limit) == found
    assert fitting(found, limit) == found


@given(st.lists(st.text(max_size=80), unique=True, max_size=20))
def test_names_that_differ_stay_different(names: list[str]) -> None:
    assert len({fitting(name, 64) for name in names}) == len(names)


def test_the_way_back_knows_the_names_that_were_changed() -> None:
    history = (Message(role="assistant", parts=(ToolCall("c1", "old.tool", ""),)),)
    tools = (FunctionTool("plain"), FunctionTool("with.dot"), CustomTool("free text"))
    names = ToolNames(Request(owner="x", model="m", messages=history, tools=tools), 64)
    assert names.sent("plain") == "plain"
    assert {names.changed[names.sent(name)] for name in ("with.dot", "free text", "old.tool")} == {
        "with.dot",
        "free text",
        "old.tool",
    }
    assert len(names.changed) == 3
