"""What a unary reply and a stream's first events tell, and what is none of this format."""

from typing import Any

import orjson
import pytest

from pipeline.usage import Usage
from providers.formats.openai_responses.response import read_first, read_unary
from providers.formats.wire import Answer, NotInFormat
from tests.support.responses import response, sse, stream, text

USED = Usage(input=18, output=3, cache_read=5, reasoning=1)
ERROR = {"code": "server_error", "message": "It broke."}


def test_a_reply_tells_its_usage_and_model() -> None:
    assert read_unary(orjson.dumps(response())) == Answer(usage=USED, model="m")


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (response(status="failed", error=ERROR), ERROR),
        ({"error": {"message": "x", "code": "y"}}, {"message": "x", "code": "y"}),
        ({"error": "in words"}, {"message": "in words"}),
    ],
)
def test_a_reply_may_be_an_error(reply: Any, error: dict[str, Any]) -> None:
    assert read_unary(orjson.dumps(reply)).error == error


@pytest.mark.parametrize("body", [b"", b" \n", b"<html>", b"[]", b'{"choices":[]}', b"[" * 100_000, b"\xff"])
def test_what_is_no_response(body: bytes) -> None:
    with pytest.raises(NotInFormat):
        read_unary(body)


FIRST: list[tuple[bytes, Answer | None]] = [
    (b": keepalive\n\n", None),
    (b"event: ping\n\n", None),
    (stream(text("Hi"))[0], Answer(model="m", opening=True)),
    (stream(text("Hi"))[1], Answer(model="m", opening=True)),
    (stream(text("Hi"))[2], Answer()),
    (
        sse("error", 0, {"code": "a", "message": "b"}),
        Answer(error={"type": "error", "code": "a", "message": "b", "sequence_number": 0}),
    ),
    (sse("error", 0, {"error": ERROR}), Answer(error=ERROR)),
    (sse("response.failed", 0, {"response": response(status="failed", error=ERROR)}), Answer(error=ERROR)),
    (b'data: {"error":{"message":"x"}}\n\n', Answer(error={"message": "x"})),
]


@pytest.mark.parametrize(("event", "answer"), FIRST)
def test_a_streams_first_event(event: bytes, answer: Answer | None) -> None:
    assert read_first(event) == answer


@pytest.mark.parametrize("event", [b"data: <html>\n\n", b"data: [DONE]\n\n", b"data: [1]\n\n"])
def test_what_begins_no_stream(event: bytes) -> None:
    with pytest.raises(NotInFormat):
        read_first(event)
