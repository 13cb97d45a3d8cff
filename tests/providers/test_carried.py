"""What a caller's format has no place for, kept until its call comes back."""

import pytest

from providers.canonical import Message, Opaque, Part, Request, Text, Thinking, ToolCall, ToolResult
from providers.carried import Carried

SIGNED = Thinking("hm", signature=Opaque("anthropic_messages", "sig"))
HIDDEN = Thinking(encrypted=Opaque("anthropic_messages", "data"))
ONE, TWO = ToolCall("c1", "f", "{}"), ToolCall("c2", "f", "{}")
SEALED = ToolCall("c3", "f", "{}", signature=Opaque("gemini", "sig"))
BARE = ToolCall("c3", "f", "{}")


def restored(carried: Carried, *parts: Part, caller: str = "u1") -> tuple[Part, ...]:
    asked = Message(role="user", parts=(Text("q"),))
    shown = Message(role="assistant", parts=parts)
    result = Message(role="user", parts=(ToolResult("c1", ()),))
    request = Request(owner="openai_chat", model="m", messages=(asked, shown, result))
    return carried.restore(caller, request).messages[1].parts


@pytest.mark.parametrize(
    ("answer", "shown", "back"),
    [
        ((SIGNED, ONE, TWO), (ONE, TWO), (SIGNED, ONE, TWO)),
        ((SIGNED, HIDDEN, ONE), (ONE,), (SIGNED, HIDDEN, ONE)),
        ((SIGNED, Text("a"), ONE), (Text("a"), ONE), (SIGNED, Text("a"), ONE)),
        ((SIGNED, ONE), (Thinking("hm"), ONE), (SIGNED, ONE)),
        ((Thinking("hm"), ONE), (Thinking("hm"), ONE), (Thinking("hm"), ONE)),
        ((SIGNED, Text("a")), (Text("a"),), (Text("a"),)),
        ((SEALED,), (BARE,), (SEALED,)),
        ((SIGNED, SEALED), (BARE,), (SIGNED, SEALED)),
        ((ONE,), (ONE,), (ONE,)),
    ],
)
def test_what_comes_back_with_the_calls_that_are_shown(
    answer: tuple[Part, ...], shown: tuple[Part, ...], back: tuple[Part, ...]
) -> None:
    carried = Carried()
    carried.keep("u1", answer)
    assert restored(carried, *shown) == back


def test_another_callers_call_of_the_same_id_gets_nothing() -> None:
    carried = Carried()
    carried.keep("u1", (SIGNED, ONE))
    assert restored(carried, ONE, caller="u2") == (ONE,)


def test_the_least_recently_used_is_forgotten_first() -> None:
    carried = Carried(most=2)
    carried.keep("u1", (SIGNED, ONE))
    carried.keep("u1", (SIGNED, TWO))
    restored(carried, ONE)
    carried.keep("u1", (SEALED,))
    assert [restored(carried, call) for call in (ONE, TWO, BARE)] == [(SIGNED, ONE), (TWO,), (SEALED,)]
