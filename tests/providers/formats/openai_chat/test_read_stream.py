"""Chat streams as vendors really send them, read as one part after the other."""

from typing import Any

import orjson
import pytest

from pipeline.json_object import JsonObject
from providers import canonical as c
from providers.canonical.assembly import Assembly
from providers.formats.codec import Written
from providers.formats.openai_chat.read_stream import ChatStreamReader
from providers.formats.wire import NotInFormat
from tests.support.chat import DONE, chunk, usage_chunk


def call(index: Any, call_id: str | None, name: str | None, arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = {"index": index, "id": call_id, "function": {"name": name, "arguments": arguments}}
    return chunk({"tool_calls": [{key: value for key, value in found.items() if value is not None}]})


def read(*events: Any, wrapped: tuple[str, ...] = (), **names: str) -> c.Reply:
    reader = ChatStreamReader(Written(JsonObject.of({}), names=names, wrapped=frozenset(wrapped)))
    assembly = Assembly()
    for event in events:
        for each in reader.feed(event if isinstance(event, bytes) else b"data: " + orjson.dumps(event) + b"\n\n"):
            assembly.feed(each)
    for each in reader.finish():
        assembly.feed(each)
    return assembly.reply()


F, G = c.ToolCall("a", "f", '{"x":1}'), c.ToolCall("b", "g", "{}")
END = chunk({}, "tool_calls")

CALLS: dict[str, tuple[list[Any], tuple[c.Part, ...]]] = {
    "one after the other": ([call(0, "a", "f", '{"x"'), call(0, None, None, ":1}"), call(1, "b", "g", "{}")], (F, G)),
    "interleaved": (
        [call(0, "a", "f", '{"x"'), call(1, "b", "g", "{"), call(0, None, None, ":1}"), call(1, None, None, "}")],
        (F, G),
    ),
    "all numbered 0": ([call(0, "a", "f", '{"x":1}'), call(0, "b", "g", "{}")], (F, G)),
    "the id repeated": ([call(0, "a", "f", '{"x"'), call(0, "a", "f", ":1}")], (F,)),
    "the id empty later": ([call(0, "a", "f", '{"x"'), call(0, "", "", ":1}")], (F,)),
    "no index": ([call(None, "a", "f", '{"x":1}')], (F,)),
    "an object as arguments": (
        [chunk({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": {"x": 1}}}]})],
        (F,),
    ),
    "the name late": ([call(0, "a", None, ""), call(0, None, "f", '{"x":1}')], (F,)),
    "no id": ([call(0, None, "f", "{}")], (c.ToolCall("call_0", "f", "{}"),)),
    "no arguments": ([call(0, "a", "f", ""), call(1, "b", "g", "{}")], (c.ToolCall("a", "f", ""), G)),
    "text between": ([call(0, "a", "f", '{"x"'), chunk({"content": "hi"}), call(0, None, None, ":1}")], (F, c.Text("hi"))),
    "cut short": ([call(0, "a", "f", '{"x"')], (c.ToolCall("a", "f", '{"x"'),)),
    "legacy": ([chunk({"function_call": {"name": "f", "arguments": "{}"}})], (c.ToolCall("call_0", "f", "{}"),)),
}


@pytest.mark.parametrize("case", CALLS)
def test_tool_calls(case: str) -> None:
    events, parts = CALLS[case]
    (candidate,) = read(*events, END, DONE).candidates
    assert candidate.parts == parts
    assert candidate.stop.reason is c.StopReason.TOOL_CALLS


def test_free_text_and_names_are_the_callers_again() -> None:
    events = [call(0, "a", "patch", '{"inp'), call(0, None, None, 'ut": "***"}'), call(1, "b", "g_1", "{}")]
    parts = read(*events, END, DONE, wrapped=("patch",), g_1="g.1").candidates[0].parts
    assert parts == (c.ToolCall("a", "patch", "***", custom=True), c.ToolCall("b", "g.1", "{}"))


@pytest.mark.parametrize(
    ("word", "called", "reason"),
    [
        ("stop", False, c.StopReason.END),
        ("stop", True, c.StopReason.TOOL_CALLS),
        ("tool_calls", False, c.StopReason.END),
        ("length", True, c.StopReason.LENGTH),
        ("content_filter", False, c.StopReason.FILTERED),
        ("from_the_future", False, c.StopReason.END),
    ],
)
def test_why_it_stopped(word: str, called: bool, reason: c.StopReason) -> None:
    events = [call(0, "a", "f", "{}")] if called else [chunk({"content": "Hi"})]
    assert read(*events, chunk({}, word), DONE).candidates[0].stop == c.Stop(reason, raw=word)


def test_thoughts_under_both_names_and_as_parts() -> None:
    for delta in (
        {"reasoning_content": "hm"},
        {"reasoning": "hm"},
        {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}]},
    ):
        assert read(chunk(delta), chunk({"content": "Hi"}), chunk({}, "stop")).candidates[0].parts == (
            c.Thinking("hm"),
            c.Text("Hi"),
        )


def test_usage_counts_wherever_it_comes_and_nothing_after_the_end() -> None:
    reply = read(usage_chunk(), chunk({"content": "Hi"}), chunk({}, "stop"), DONE, chunk({"content": "late"}))
    assert reply.usage is not None
    assert (reply.usage.input, reply.candidates[0].parts) == (9, (c.Text("Hi"),))


def test_a_stream_without_its_end_mark_ends_if_it_said_why_it_stopped() -> None:
    reader = ChatStreamReader(Written(JsonObject.of({})))
    reader.feed(b"data: " + orjson.dumps(chunk({"content": "Hi"})) + b"\n\n")
    assert reader.finish() == []
    reader.feed(b"data: " + orjson.dumps(chunk({}, "stop")) + b"\n\n")
    assert reader.finish() == [c.Completed()]
    assert reader.finish() == []


def test_what_is_no_chunk_is_said_so() -> None:
    with pytest.raises(NotInFormat):
        ChatStreamReader(Written(JsonObject.of({}))).feed(b"data: <html>\n\n")
