"""Any valid conversation in the responses format, and any events of its streams: they convert, say the same, and what comes out
is legal as far as it goes."""

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
from tests.providers.test_any_stream import CHUNKS, EVENTS
from tests.providers.test_conversations import JSON, SHAPED, TURNS, Turn, as_chat, as_messages, told
from tests.support import converting, legal, responses

NAME = "openai_responses"
CHECKS: dict[str, Any] = {**legal.CHECKS, NAME: responses.legal}
VENDORS = {NAME: "openai", "openai_chat": "openai", "anthropic_messages": "anthropic"}

OWN: list[dict[str, Any]] = [
    orjson.loads(each.split(b"data: ")[1])
    for each in responses.stream(
        responses.reasoning("gAAA", "Hm.", "So."),
        responses.text("Hello"),
        responses.call("call_1", "f", '{"a":1}'),
        responses.custom_call("call_2", "g", "free"),
        {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": {"type": "search", "query": "x"}},
        {"id": "x_1", "type": "from_the_future"},
    )
] + [
    {"type": "response.output_item.added", "output_index": 2},
    {"type": "response.output_item.done", "output_index": 7, "item": {"type": "message"}},
    {"type": "response.output_text.delta", "output_index": 1, "delta": None},
    {"type": "response.failed", "response": {"error": None}},
    {"type": "error", "message": "x"},
    {"type": "from_the_future"},
]
PAIRS = [
    (NAME, "openai_chat", OWN),
    (NAME, "anthropic_messages", OWN),
    ("openai_chat", NAME, CHUNKS),
    ("anthropic_messages", NAME, EVENTS),
]


@pytest.mark.parametrize(("vendor", "caller", "events"), PAIRS)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_events_in_any_order(vendor: str, caller: str, events: list[dict[str, Any]], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(events), max_size=12))
    out, whole = converting.stream(vendor, caller, [b"data: " + orjson.dumps(each) + b"\n\n" for each in chosen])
    if out:
        CHECKS[caller](out, cut=not whole)


def as_items(turns: list[Turn]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for number, (asked, said, calls) in enumerate(turns):
        found.append({"role": "user", "content": asked})
        if said or not calls:
            found.append({"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": said or "ok"}]})
        made = [
            responses.call(f"call_{number}_{n}", name, orjson.dumps(given).decode())
            for n, (name, given) in enumerate(calls or ())
        ]
        found += [*made, *(responses.result(each["call_id"], f"result {each['call_id']}") for each in made)]
    return [*found, {"role": "user", "content": "last"}]


def items_told(items: list[dict[str, Any]], names: dict[str, str]) -> list[Any]:
    """As `told` reads the other formats."""
    found: list[Any] = []
    for item in items:
        match item.get("type", "message"):
            case "message":
                content = item["content"]
                texts = [content] if isinstance(content, str) else [part["text"] for part in content]
                found += [("text", item["role"], text) for text in texts]
            case "function_call":
                name = names.get(item["name"], item["name"])
                found.append(("call", item["call_id"], name, orjson.loads(item["arguments"])))
            case "function_call_output":
                found.append(("result", item["call_id"], item["output"]))
    return found


def converted(source: str, target: str, turns: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The conversation as it goes up, and the names that were changed."""
    member = {"input": turns} if source == NAME else {"messages": turns, "max_tokens": 100}
    body = JsonObject.parse(orjson.dumps({"model": "m", **member}))
    asked = formats.codec(source).read_request(body, "m", stream=False)
    written = formats.codec(target).write_request(asked, Destination(registry.get(VENDORS[target]), "m"))
    sent = orjson.loads(bytes(written.body.encode()))
    return sent["input" if target == NAME else "messages"], dict(written.names)


CONVERSATIONS = [
    (NAME, "openai_chat", as_items),
    (NAME, "anthropic_messages", as_items),
    ("openai_chat", NAME, as_chat),
    ("anthropic_messages", NAME, as_messages),
    (NAME, NAME, as_items),
]


@pytest.mark.parametrize(("source", "target", "written"), CONVERSATIONS)
@settings(deadline=None, max_examples=40)
@given(turns=TURNS)
def test_it_says_the_same(source: str, target: str, written: Any, turns: list[Turn]) -> None:
    conversation = written(turns)
    sent, names = converted(source, target, conversation)
    before = items_told(conversation, {}) if source == NAME else told(conversation, {})
    assert (items_told(sent, names) if target == NAME else told(sent, names)) == before


@pytest.mark.parametrize(("source", "target", "written"), CONVERSATIONS)
@settings(deadline=None, max_examples=40)
@given(turns=TURNS)
def test_one_turn_more_leaves_every_byte_before_it_as_it_was(source: str, target: str, written: Any, turns: list[Turn]) -> None:
    conversation = written(turns)
    before, _ = converted(source, target, conversation[:-1] if len(conversation) > 1 else conversation)
    after, _ = converted(source, target, conversation)
    # A turn that goes on (results, and then words) is one message in some formats: it is open at its end.
    assert orjson.dumps(after).startswith(orjson.dumps(before).rstrip(b"]}"))


MEMBERS = st.sampled_from(
    ["input", "instructions", "tools", "tool_choice", "reasoning", "text", "format", "include", "metadata", "role", "content",
     "type", "arguments", "call_id", "output", "summary", "encrypted_content", "action", "name", "image_url", "filters", "tools"]
)  # fmt: skip
KINDS = st.sampled_from(
    ["message", "reasoning", "function_call", "function_call_output", "custom_tool_call", "web_search_call", "input_text",
     "code_interpreter_call", "image_generation_call", "namespace", "function", "custom", "web_search", "user", "assistant"]
)  # fmt: skip
ITEMS = st.recursive(JSON | KINDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=5))


@settings(deadline=None, max_examples=150)
@given(value=st.dictionaries(MEMBERS, ITEMS | SHAPED, max_size=6))
def test_nothing_is_raised_but_what_is_declared(value: dict[str, Any]) -> None:
    body = JsonObject.parse(orjson.dumps(value))
    with contextlib.suppress(Rejected):
        asked = formats.codec(NAME).read_request(body, "m", stream=False)
        for target, vendor in VENDORS.items():
            formats.codec(target).write_request(asked, Destination(registry.get(vendor), "m"))
