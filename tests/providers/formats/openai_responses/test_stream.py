"""The tap follows a stream: what it reads, that it removes nothing, when the stream may end, and how it fails."""

import orjson
import pytest

from pipeline.errors import BadRequest, GatewayError, LimitExceeded, UpstreamFailed
from pipeline.usage import Usage
from providers.formats.openai_responses.stream import ResponsesTap, is_terminal
from tests.support.responses import response, sse, stream, text

WHOLE = stream(text('It says "response.completed" and "error".'))
INCOMPLETE = stream(text("Hi"), status="incomplete", incomplete_details={"reason": "max_output_tokens"})
FAILED = sse("response.failed", 2, {"response": response(status="failed", error={"code": "x", "message": "y"})})


def followed(events: list[bytes]) -> ResponsesTap:
    tap = ResponsesTap()
    assert tap.feed(events) == events
    assert tap.finish() == []
    return tap


@pytest.mark.parametrize("events", [WHOLE, INCOMPLETE])
def test_every_byte_passes_and_the_usage_is_known(events: list[bytes]) -> None:
    tap = followed(events)
    assert (tap.usage, tap.done, tap.complete) == (Usage(input=18, output=3, cache_read=5, reasoning=1), True, True)


def test_a_stream_without_its_last_event_is_not_complete() -> None:
    tap = followed(WHOLE[:-1])
    assert (tap.usage, tap.done, tap.complete) == (None, False, False)


@pytest.mark.parametrize("last", [FAILED, sse("error", 2, {"code": "x", "message": "y"})])
def test_a_vendors_own_failure_is_an_end(last: bytes) -> None:
    assert followed([*WHOLE[:2], last]).complete


@pytest.mark.parametrize(("event", "last"), [(WHOLE[-1], True), (INCOMPLETE[-1], True), (FAILED, True), (WHOLE[3], False)])
def test_the_last_event(event: bytes, last: bool) -> None:
    assert is_terminal(event) is last


def test_what_is_said_about_the_words_is_not_the_end() -> None:
    assert [is_terminal(event) for event in WHOLE].count(True) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UpstreamFailed("It broke.", code="upstream_stream_cut"), "server_error"),
        (LimitExceeded("It broke."), "rate_limit_exceeded"),
        (BadRequest("It broke."), "invalid_prompt"),
    ],
)
def test_it_fails_in_the_numbers_and_the_name_of_its_response(error: GatewayError, code: str) -> None:
    events = WHOLE[:4]
    failed, last = followed([*events, b": ping\n\n"]).fail(error).split(b"\n\n")[:2]
    said = orjson.loads(failed.split(b"data: ")[1])
    assert (said["type"], said["sequence_number"], said["code"], said["error"]["message"]) == (
        "error",
        4,
        error.code,
        "It broke.",
    )
    ended = orjson.loads(last.split(b"data: ")[1])
    assert (ended["type"], ended["sequence_number"], ended["response"]["id"]) == ("response.failed", 5, "resp_1")
    assert (ended["response"]["status"], ended["response"]["error"]) == ("failed", {"code": code, "message": "It broke."})


def test_a_stream_that_has_not_begun_fails_without_a_response() -> None:
    assert ResponsesTap().fail(UpstreamFailed("It broke.")).count(b"event: ") == 1
