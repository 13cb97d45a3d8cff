"""The tap follows a stream: what it reads, what it removes, when the stream may end."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.events import sse_event
from pipeline.usage import Usage
from providers.formats.openai_chat.stream import ChatTap, is_done
from providers.sse import EventSplitter
from tests.support.chat import DONE, USAGE, chunk, text_stream, usage_chunk

USED = Usage(input=9, output=3)


def event(value: Any) -> bytes:
    return sse_event(msgspec.json.encode(value))


TEXT = [event(each) for each in text_stream("Hel", "lo")]
ONLY_USAGE = event(usage_chunk())
WHOLE = [*TEXT, ONLY_USAGE, DONE]


def followed(events: list[bytes], *, hide: bool = False) -> tuple[list[bytes], ChatTap]:
    tap = ChatTap(hide_usage=hide)
    return tap.feed(events), tap


def test_every_byte_passes_and_the_usage_is_known() -> None:
    kept, tap = followed(WHOLE)
    assert (kept, tap.usage, tap.done, tap.complete) == (WHOLE, USED, True, True)


def test_the_usage_that_the_gateway_alone_asked_for_is_removed() -> None:
    kept, tap = followed(WHOLE, hide=True)
    assert (kept, tap.usage) == ([*TEXT, DONE], USED)


# Chunks that carry usage and something else, or look as if they did: none is ever removed.
STAYING: dict[str, tuple[Any, Usage | None]] = {
    "with the finish reason": (chunk({}, "stop", usage=USAGE), USED),
    "Perplexity's, with text": (chunk({"content": "x"}, usage=USAGE), USED),
    "Groq's": ({**chunk({}, "stop"), "x_groq": {"id": "1", "usage": USAGE}}, USED),
    "Moonshot's, in the choice": ({"choices": [{"index": 0, "delta": {}, "usage": USAGE}]}, USED),
    "null": (chunk({"content": "x"}, usage=None), None),
    "a filter result without choices": ({"choices": [], "prompt_filter_results": []}, None),
    "text about usage": (chunk({"content": '"usage":{"prompt_tokens":1}'}), None),
    "an error": ({"error": {"message": "x"}, "choices": [], "usage": USAGE}, USED),
    "no object": ('"usage":{', None),
    "a list": ([{"usage": USAGE}], None),
}


@pytest.mark.parametrize("case", STAYING)
def test_what_is_more_than_usage_stays(case: str) -> None:
    value, usage = STAYING[case]
    kept, tap = followed([event(value)], hide=True)
    assert (kept, tap.usage) == ([event(value)], usage)


def test_what_is_no_json_passes_untouched() -> None:
    odd = [b'data: {"usage":{\n\n', b'data: {"usage":{"a":"\xff"}}\n\n', b'data: {"error":"' + b"[" * 9 + b"\n\n", b": hi\n\n"]
    kept, tap = followed(odd, hide=True)
    assert (kept, tap.usage, tap.complete) == (odd, None, False)


def test_a_usage_chunk_of_several_lines_is_known_too() -> None:
    raw = b'event: x\r\ndata: {"choices": [],\r\ndata: "usage" : {"prompt_tokens": 9, "completion_tokens": 3}}\r\n\r\n'
    assert followed([raw], hide=True)[0] == []


def test_of_usage_in_every_chunk_the_last_counts() -> None:
    kept, tap = followed([event(chunk({"content": "x"}, usage={"prompt_tokens": 9, "completion_tokens": n})) for n in (1, 2, 3)])
    assert (len(kept), tap.usage) == (3, USED)


def test_a_usage_chunk_before_the_finish_reason_is_told() -> None:
    _, tap = followed([ONLY_USAGE, event(chunk({}, "stop", usage=None))])
    assert (tap.usage, tap.complete) == (USED, True)


# The events so far, whether the end mark came, and whether the stream may end here.
ENDS: dict[str, tuple[list[bytes], bool, bool]] = {
    "nothing": ([], False, False),
    "text": (TEXT[:-1], False, False),
    "usage alone": ([ONLY_USAGE], False, False),
    "a finish reason": (TEXT, False, True),
    "the mark": ([DONE], True, True),
    "the mark without its space": ([b"data:[DONE]\n\n"], True, True),
    "the mark with CRLF": ([b"data: [DONE]\r\n\r\n"], True, True),
    "an error object": ([event({"error": {"message": "x"}})], False, True),
    "an error in words": ([event({"code": "x", "error": "words"})], False, True),
    "an error of null": ([event({"error": None, "choices": []})], False, False),
    "a finish reason of null": ([event(chunk({"content": "x"}))], False, False),
    "text that says so": ([event(chunk({"content": "[DONE]"}))], False, False),
    "a second choice's finish reason": (
        [event({"choices": [{"index": 0}, {"index": 1, "finish_reason": "length"}]})],
        False,
        True,
    ),
}


@pytest.mark.parametrize("case", ENDS)
def test_when_a_stream_may_end(case: str) -> None:
    events, done, complete = ENDS[case]
    _, tap = followed(events)
    assert (tap.done, tap.complete) == (done, complete)


@pytest.mark.parametrize(
    ("raw", "done"),
    [
        (b"data: [DONE]\n\n", True),
        (b"data:[DONE]\n\n", True),
        (b"data: [DONE] \n\n", True),
        (b"\r\ndata: [DONE]\r\n\r\n", True),
        (b'data: "[DONE]"\n\n', False),
        (b": [DONE]\n\n", False),
        (b"", False),
    ],
)
def test_the_end_mark(raw: bytes, done: bool) -> None:
    assert is_done(raw) is done


@given(st.lists(st.integers(0, len(b"".join(WHOLE))), max_size=8).map(sorted), st.booleans())
def test_wherever_the_stream_is_cut_the_same_comes_out(places: list[int], hide: bool) -> None:
    source = b"".join(WHOLE)
    splitter, tap = EventSplitter(), ChatTap(hide_usage=hide)
    out = []
    for start, end in zip([0, *places], [*places, len(source)], strict=True):
        out += tap.feed(splitter.feed(source[start:end]))
    assert out == [each for each in WHOLE if not (hide and each == ONLY_USAGE)]
    assert (tap.usage, tap.complete) == (USED, True)
