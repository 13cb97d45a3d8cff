"""Whether a 200 is a reply at all, holds an error, and what it used."""

from typing import Any

import msgspec
import pytest

from pipeline.events import sse_event
from pipeline.usage import Usage
from providers.formats.openai_chat.response import read_first, read_unary
from providers.formats.wire import Answer, NotInFormat
from tests.support.chat import USAGE, chunk, completion, usage_chunk

USED = Usage(input=9, output=3)


def encoded(value: Any) -> bytes:
    return value if isinstance(value, bytes) else msgspec.json.encode(value)


REPLIES: dict[str, tuple[Any, Answer]] = {
    "a completion": (completion(), Answer(USED, model="m")),
    "without usage": ({"choices": []}, Answer()),
    "a model that is no name": ({"choices": [], "model": 7}, Answer()),
    "usage of null": ({"choices": [], "usage": None}, Answer()),
    "after DeepSeek's blank lines": (b"\n\n\n" + encoded(completion()), Answer(USED, model="m")),
    "an error of null beside it": ({**completion(), "error": None}, Answer(USED, model="m")),
    "an empty error beside it": ({**completion(), "error": {}}, Answer(USED, model="m")),
    "an error": ({"error": {"message": "x", "code": 500}}, Answer(error={"message": "x", "code": 500})),
    "an error in words": ({"error": "x", "code": "y"}, Answer(error={"message": "x"})),
    "an error beside choices": ({**completion(), "error": {"message": "x"}}, Answer(error={"message": "x"})),
}


@pytest.mark.parametrize("case", REPLIES)
def test_what_a_unary_reply_says(case: str) -> None:
    value, answer = REPLIES[case]
    assert read_unary(encoded(value)) == answer


# What came with status 200, and how it is told.
NO_REPLY: dict[str, tuple[Any, str]] = {
    "nothing": (b"", "an empty body"),
    "blank lines": (b"\r\n \n", "an empty body"),
    "a page": (b"<html>bad gateway</html>", "not the JSON of a chat completion"),
    "half a reply": (b'{"choices":[', "not the JSON of a chat completion"),
    "a list": ([completion()], "not the JSON of a chat completion"),
    "null": (None, "not the JSON of a chat completion"),
    "bad UTF-8": (b'{"usage":{"\xff":1},"choices":[]}', "not the JSON of a chat completion"),
    "deep nesting": (b'{"choices":' + b"[" * 100_000, "not the JSON of a chat completion"),
    "another object": ({"data": []}, "without `choices`"),
    "choices of null": ({"choices": None}, "without `choices`"),
    "choices that are none": ({"choices": {}}, "without `choices`"),
}


@pytest.mark.parametrize("case", NO_REPLY)
def test_what_is_no_reply_is_told_in_words(case: str) -> None:
    value, words = NO_REPLY[case]
    with pytest.raises(NotInFormat, match=words):
        read_unary(encoded(value))


FIRST: dict[str, tuple[bytes, Answer | None]] = {
    "a chunk": (sse_event(encoded(chunk({"role": "assistant"}))), Answer(model="m")),
    "a chunk with usage": (sse_event(encoded(usage_chunk())), Answer(USED, model="m")),
    "Azure's filter result": (sse_event(encoded({"choices": [], "prompt_filter_results": []})), Answer()),
    "an object that says little": (sse_event(b"{}"), Answer()),
    "a comment": (b": keep-alive\n\n", None),
    "a blank line": (b"\n\n", None),
    "a retry time": (b"retry: 100\n\n", None),
    "an error": (sse_event(b'{"error":{"message":"x"}}'), Answer(error={"message": "x"})),
    "an error in words": (sse_event(b'{"error":"x"}'), Answer(error={"message": "x"})),
    "an error after a BOM": (b"\xef\xbb\xbf" + sse_event(b'{"error":"x"}'), Answer(error={"message": "x"})),
    "a named error": (b'event: error\r\ndata: {"error":{"code":1}}\r\n\r\n', Answer(error={"code": 1})),
    "an error of null": (sse_event(b'{"error":null,"choices":[]}'), Answer()),
}


@pytest.mark.parametrize("case", FIRST)
def test_what_a_stream_s_first_event_says(case: str) -> None:
    event, answer = FIRST[case]
    assert read_first(event) == answer


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (b"data: [DONE]\n\n", "ends before it begins"),
        (b"data: hello\n\n", "not JSON"),
        (b'data: {"a":"\xff"}\n\n', "not JSON"),
        (b"data: " + b"[" * 100_000 + b"\n\n", "not JSON"),
        (b"data: [1]\n\n", "not a JSON object"),
        (b'data: "x"\n\n', "not a JSON object"),
    ],
)
def test_a_first_event_of_another_kind_is_told_in_words(event: bytes, words: str) -> None:
    with pytest.raises(NotInFormat, match=words):
        read_first(event)


def test_usage_is_read_whatever_the_reply_s_size() -> None:
    big = completion("x" * 1_000_000)
    used = Usage(input=USAGE["prompt_tokens"], output=USAGE["completion_tokens"])
    assert read_unary(encoded(big)) == Answer(used, model="m")
