"""A stream's items one after the other, however they came."""

from typing import Any

import pytest

from pipeline.json_object import JsonObject
from providers.canonical import (
    ArgumentsDelta,
    Completed,
    Event,
    Failed,
    Finished,
    Opaque,
    PartStarted,
    SignatureDelta,
    StopReason,
    Text,
    Thinking,
    ToolCall,
    UsageReported,
)
from providers.canonical.assembly import Assembly
from providers.formats.codec import Written
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.read_stream import ResponsesStreamReader
from providers.formats.wire import NotInFormat
from tests.support.responses import call, reasoning, response, sse, stream, text

SENT = Written(JsonObject.of({}), names={"short": "the.long/name"})


def read(events: list[bytes]) -> tuple[list[Event], ResponsesStreamReader]:
    reader = ResponsesStreamReader(SENT)
    found = [event for raw in events for event in reader.feed(raw)]
    return [*found, *reader.finish()], reader


def parts(events: list[Event]) -> Any:
    assembly = Assembly()
    for event in events:
        assembly.feed(event)
    return assembly.reply().candidates[0].parts


def test_a_whole_stream() -> None:
    events, reader = read(stream(reasoning("gAAA", "One.", "Two."), text("Hello"), call("1", "short", '{"a":1}')))
    thinking, said, called = parts(events)
    assert thinking == Thinking("One.\n\nTwo.", encrypted=Opaque(NAME, "gAAA"))
    assert said.text == "Hello"
    assert (called.name, called.arguments) == ("the.long/name", '{"a":1}')
    finished, used, completed = events[-3:]
    assert isinstance(finished, Finished)
    assert finished.stop.reason is StopReason.TOOL_CALLS
    assert (type(used), type(completed), reader.done) == (UsageReported, Completed, True)


def test_items_that_grow_at_the_same_time_come_one_after_the_other() -> None:
    events = stream(call("1", "f", "{}"), call("2", "g", '{"b":2}'))
    opening, first, second, last = events[:2], events[2:7], events[7:12], events[12:]
    mixed = [each for pair in zip(first, second, strict=False) for each in pair]
    assert parts(read([*opening, *mixed, *last])[0]) == parts(read(events)[0])


def only(*types: str) -> list[bytes]:
    """A stream without the other events about its items."""
    kept = (b"response.created", b"response.completed", *(name.encode() for name in types))
    return [
        event
        for event in stream(reasoning("g", "Hm."), text("Hello"), call("1", "f", '{"a":1}'))
        if event.split(b"\n")[0].endswith(kept)
    ]


@pytest.mark.parametrize(
    "kept",
    [
        (),
        ("output_item.done",),
        ("output_item.added", "output_item.done"),
        ("output_text.done", "output_item.done"),
        ("output_item.added",),
    ],
)
def test_what_was_not_told_on_the_way_is_told_at_the_end(kept: tuple[str, ...]) -> None:
    found = parts(read(only(*kept))[0])
    if kept != ("output_item.added",):
        assert [type(part) for part in found] == [Thinking, Text, ToolCall]
        assert (found[0].text, found[1].text, found[2].arguments) == ("Hm.", "Hello", '{"a":1}')


def test_what_is_encrypted_is_known_from_its_last_form() -> None:
    events = stream(reasoning("final"))
    begun = events[2].replace(b"final", b"beginning")
    found = [event for event in read([*events[:2], begun, *events[3:]])[0] if isinstance(event, PartStarted | SignatureDelta)]
    assert [event.part for event in found if isinstance(event, PartStarted)] == [
        Thinking("", encrypted=Opaque(NAME, "final"), extras=found[0].part.extras)
    ]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "last",
    [
        sse("error", 2, {"code": "rate_limit_exceeded", "message": "slow down", "param": None}),
        sse("error", 2, {"error": {"code": "rate_limit_exceeded", "message": "slow down"}}),
        sse(
            "response.failed",
            2,
            {"response": response(status="failed", error={"code": "rate_limit_exceeded", "message": "slow down"})},
        ),
    ],
)
def test_a_failure_is_told_once_in_the_vendors_words(last: bytes) -> None:
    events, _ = read([*stream(text("x"))[:2], last, last])
    (failed,) = [event for event in events if isinstance(event, Failed)]
    assert (failed.error.message, failed.error.status, events[-1]) == ("slow down", 429, failed)


def test_a_cut_stream_has_no_end() -> None:
    events, reader = read(stream(text("Hello"))[:-1])
    assert not reader.complete
    assert not [event for event in events if isinstance(event, Finished | Completed)]


def test_pieces_of_arguments_pass_as_they_come() -> None:
    events, _ = read(stream(call("1", "f", '{"a":1}')))
    assert [event.text for event in events if isinstance(event, ArgumentsDelta)] == ['{"a', '":1}']


@pytest.mark.parametrize("raw", [b"data: <html>\n\n", b"data: [1]\n\n", sse("response.completed", 0, {"response": 1})])
def test_what_is_none_of_this_format(raw: bytes) -> None:
    with pytest.raises(NotInFormat):
        ResponsesStreamReader(SENT).feed(raw)
