"""What the gateway reads of a reply that it only passes on."""

import orjson
import pytest

from providers.formats.gemini.response import read_first, read_unary
from providers.formats.wire import NotInFormat
from tests.support.gemini import error, reply, text


def test_usage_and_model() -> None:
    answer = read_unary(orjson.dumps(reply(text("Hi"))))
    assert (answer.model, answer.error) == ("gemini-m", None)
    assert answer.usage is not None
    assert (answer.usage.input, answer.usage.output) == (9, 7)


@pytest.mark.parametrize(
    "body",
    [b'{"totalTokens": 3}', b'{"promptFeedback": {"blockReason": "OTHER"}}', b'{"candidates": []}', b'{"responseId": "x"}'],
)
def test_what_else_is_a_reply(body: bytes) -> None:
    assert read_unary(body).error is None


def test_an_error_in_a_200() -> None:
    assert read_unary(orjson.dumps(error(503, "no", "UNAVAILABLE"))).error == error(503, "no", "UNAVAILABLE")["error"]
    assert read_unary(b'{"error": "no"}').error == {"message": "no"}


@pytest.mark.parametrize("body", [b"", b" ", b"<html>", b"[]", b'"x"', b"{}", b'{"choices": []}', b"\xff", b"[" * 100_000])
def test_what_is_no_reply(body: bytes) -> None:
    with pytest.raises(NotInFormat):
        read_unary(body)


@pytest.mark.parametrize(("event", "says"), [(b": hold on\n\n", False), (b"]", False), (b'[{"candidates":[]}', True)])
def test_a_streams_first_event(event: bytes, says: bool) -> None:
    assert (read_first(event) is not None) is says
