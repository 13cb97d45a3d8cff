"""Streams that go to the caller as one JSON array."""

import orjson
import pytest

from pipeline.errors import UpstreamFailed
from pipeline.events import sse_event
from providers import formats
from providers.array_stream import ArrayStream, PassedArray
from providers.json_array import ArraySplitter
from tests.support.gemini import stream, text

REPLIES = stream([text("Bon")], [text("jour")])
EVENTS = [sse_event(orjson.dumps(reply)) for reply in REPLIES]
ARRAY = b"[" + b",\r\n".join(orjson.dumps(reply) for reply in REPLIES) + b"]"
CUT = UpstreamFailed("It was cut.", code="upstream_stream_cut")


def told() -> ArrayStream:
    wire = formats.get("gemini")
    return ArrayStream(wire.tap(hide_usage=False), wire.errors, "req_1")


def passed() -> PassedArray:
    wire = formats.get("gemini")
    return PassedArray(wire.tap(hide_usage=False), wire.errors, "req_1")


def test_events_are_told_as_an_array() -> None:
    array = told()
    out = b"".join([*array.feed(EVENTS), *array.finish()])
    assert (orjson.loads(out), array.complete) == (REPLIES, True)


def test_no_events_are_an_empty_array() -> None:
    assert b"".join(told().finish()) == b"[]"


def test_the_vendors_array_is_left_as_it_is_and_its_usage_is_read() -> None:
    array = passed()
    assert b"".join([*array.feed(ArraySplitter().feed(ARRAY)), *array.finish()]) == ARRAY
    assert array.complete
    assert array.usage is not None
    assert array.usage.input == 9


@pytest.mark.parametrize("count", range(len(EVENTS) + 1))
def test_wherever_it_is_cut_an_error_ends_it(count: int) -> None:
    pieces = ArraySplitter().feed(ARRAY)
    for array, events in ((told(), EVENTS[:count]), (passed(), pieces[:count])):
        out = b"".join(array.feed(events)) + array.fail(CUT)
        assert [*orjson.loads(out)[:count]] == REPLIES[:count]
        assert orjson.loads(out)[-1]["error"]["message"] == "It was cut."
        assert array.fail(CUT) == b""


def test_an_array_without_its_end_is_not_whole() -> None:
    array = passed()
    array.feed(ArraySplitter().feed(ARRAY)[:-1])
    assert not array.complete
