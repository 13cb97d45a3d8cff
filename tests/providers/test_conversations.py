"""Any valid conversation can be converted, says the same afterwards, and reads the same from its beginning at every turn."""

import contextlib
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import Rejected
from pipeline.json_object import JsonObject
from providers import formats, registry
from providers.formats.codec import Destination

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip)
WHOLE = st.integers(-(2**53), 2**53)
NAMES = st.sampled_from(["weather", "time_now", "a-b", "with.dots/and more", "x" * 70])
ARGUMENTS = st.dictionaries(st.sampled_from("abc"), st.none() | st.booleans() | WHOLE | WORDS, max_size=3)
CALLS = st.lists(st.tuples(NAMES, ARGUMENTS), min_size=1, max_size=3)
TURNS = st.lists(st.tuples(WORDS, WORDS | st.none(), CALLS | st.none()), min_size=1, max_size=4)

Turn = tuple[str, str | None, list[tuple[str, dict[str, Any]]] | None]


def as_chat(turns: list[Turn]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number, (asked, said, calls) in enumerate(turns):
        found.append({"role": "user", "content": asked})
        made = [
            {
                "id": f"call_{number}_{n}",
                "type": "function",
                "function": {"name": name, "arguments": orjson.dumps(given).decode()},
            }
            for n, (name, given) in enumerate(calls or ())
        ]
        found.append({"role": "assistant", "content": said or (None if made else "ok"), **({"tool_calls": made} if made else {})})
        found += [{"role": "tool", "tool_call_id": call["id"], "content": f"result {call['id']}"} for call in made]
    return [*found, {"role": "user", "content": "last"}]


def as_messages(turns: list[Turn]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for number, (asked, said, calls) in enumerate(turns):
        found.append({"role": "user", "content": [*results, {"type": "text", "text": asked}]})
        uses = [
            {"type": "tool_use", "id": f"call_{number}_{n}", "name": name, "input": given}
            for n, (name, given) in enumerate(calls or ())
        ]
        words = [{"type": "text", "text": said}] if said else [] if uses else [{"type": "text", "text": "ok"}]
        found.append({"role": "assistant", "content": [*words, *uses]})
        results = [{"type": "tool_result", "tool_use_id": use["id"], "content": f"result {use['id']}"} for use in uses]
    return [*found, {"role": "user", "content": [*results, {"type": "text", "text": "last"}]}]


def converted(source: str, target: str, messages: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, str]]:
    """The body that goes up, and the names that were changed."""
    body = {"model": "m", "max_tokens": 100, "messages": messages}
    asked = formats.codec(source).read_request(JsonObject.parse(orjson.dumps(body)), "m", stream=False)
    vendor = registry.get("openai" if target == "openai_chat" else "anthropic")
    written = formats.codec(target).write_request(asked, Destination(vendor, "m"))
    return orjson.loads(bytes(written.body.encode())), dict(written.names)


def told(messages: list[dict[str, Any]], names: dict[str, str]) -> list[Any]:
    """Texts, calls and results in order, from either format."""
    found: list[Any] = []
    for message in messages:
        content = message["content"]
        if message["role"] == "tool":
            found.append(("result", message["tool_call_id"], content))
            continue
        for part in [{"type": "text", "text": content}] if isinstance(content, str) else content or ():
            match part["type"]:
                case "text":
                    found.append(("text", message["role"], part["text"]))
                case "tool_use":
                    found.append(("call", part["id"], names.get(part["name"], part["name"]), part["input"]))
                case "tool_result":
                    said = part["content"]
                    found.append(("result", part["tool_use_id"], said if isinstance(said, str) else said[0]["text"]))
        for call in message.get("tool_calls") or ():
            function = call["function"]
            name = names.get(function["name"], function["name"])
            found.append(("call", call["id"], name, orjson.loads(function["arguments"])))
    return found


PAIRS = [("openai_chat", "anthropic_messages", as_chat), ("anthropic_messages", "openai_chat", as_messages)]


@pytest.mark.parametrize(("source", "target", "written"), PAIRS)
@settings(deadline=None, max_examples=40)
@given(turns=TURNS)
def test_it_says_the_same(source: str, target: str, written: Any, turns: list[Turn]) -> None:
    messages = written(turns)
    body, names = converted(source, target, messages)
    assert told(body["messages"], names) == told(messages, {})


@pytest.mark.parametrize(("source", "target", "written"), PAIRS)
@settings(deadline=None, max_examples=40)
@given(turns=TURNS)
def test_one_turn_more_leaves_every_byte_before_it_as_it_was(source: str, target: str, written: Any, turns: list[Turn]) -> None:
    messages = written(turns)
    answered = max(index for index, message in enumerate(messages) if message["role"] == "assistant")
    before, _ = converted(source, target, messages[:answered])
    after, _ = converted(source, target, messages)
    first, second = orjson.dumps(before["messages"]), orjson.dumps(after["messages"])
    # A turn that goes on (results, and then words) is one message there: it is open at its end.
    assert second.startswith(first.rstrip(b"]}"))


JSON = st.recursive(
    st.none() | st.booleans() | WHOLE | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
MEMBERS = st.sampled_from(
    ["messages", "tools", "tool_choice", "system", "thinking", "stop", "response_format", "output_config", "metadata", "role",
     "content", "type", "text", "tool_calls", "function", "name", "id", "arguments", "input", "source", "image_url", "url"]
)  # fmt: skip
SHAPED = st.recursive(
    JSON, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=4), max_leaves=20
)


@pytest.mark.parametrize("wire_format", ["openai_chat", "anthropic_messages"])
@settings(deadline=None, max_examples=40)
@given(value=st.dictionaries(MEMBERS, SHAPED, max_size=6))
def test_nothing_is_raised_but_what_is_declared(wire_format: str, value: dict[str, Any]) -> None:
    body = JsonObject.parse(orjson.dumps(value))
    with contextlib.suppress(Rejected):
        asked = formats.codec(wire_format).read_request(body, "m", stream=False)
        for target, vendor in (("openai_chat", "openai"), ("anthropic_messages", "anthropic")):
            formats.codec(target).write_request(asked, Destination(registry.get(vendor), "m"))
