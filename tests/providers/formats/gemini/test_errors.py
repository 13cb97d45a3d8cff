"""Errors in Google's envelope, and Google's errors as everybody's."""

from typing import Any

import orjson
import pytest

from pipeline.errors import BadRequest, GatewayError, LimitExceeded, MethodNotAllowed, OutOfCredit, Unauthenticated, Unavailable
from pipeline.events import sse_data
from providers.formats.gemini.errors import GoogleErrors
from providers.formats.gemini.read_error import read_error
from providers.formats.vendor_error import vendor_error

ERRORS = GoogleErrors()


@pytest.mark.parametrize(
    ("error", "code", "status"),
    [
        (BadRequest("no"), 400, "INVALID_ARGUMENT"),
        (Unauthenticated("no"), 401, "UNAUTHENTICATED"),
        (OutOfCredit("no"), 402, "FAILED_PRECONDITION"),
        (MethodNotAllowed("no", "GET"), 405, "UNIMPLEMENTED"),
        (LimitExceeded("no"), 429, "RESOURCE_EXHAUSTED"),
        (GatewayError("no"), 500, "INTERNAL"),
        (Unavailable("no"), 503, "UNAVAILABLE"),
        (vendor_error(529, "no"), 503, "UNAVAILABLE"),
        (vendor_error(422, "no"), 422, "INVALID_ARGUMENT"),
    ],
)
def test_each_error_has_googles_word_for_it(error: GatewayError, code: int, status: str) -> None:
    reply = ERRORS.reply(error, "req_1")
    content = orjson.loads(reply.body)["error"]
    assert (reply.status, content["code"], content["status"], content["message"]) == (code, code, status, "no")


def test_the_details_say_why_which_request_where_and_how_long_to_wait() -> None:
    reply = ERRORS.reply(LimitExceeded("no", param="contents[0]", retry_after=6.2), "req_1")
    details = {each.pop("@type").rpartition(".")[2]: each for each in orjson.loads(reply.body)["error"]["details"]}
    assert details == {
        "ErrorInfo": {"reason": "RATE_LIMIT_EXCEEDED", "domain": "aihub"},
        "RequestInfo": {"requestId": "req_1"},
        "RetryInfo": {"retryDelay": "7s"},
        "BadRequest": {"fieldViolations": [{"field": "contents[0]", "description": "no"}]},
    }
    assert reply.headers["retry-after"] == "7"


def test_an_event_begins_with_the_error_or_googles_sdk_would_not_see_it() -> None:
    event = ERRORS.event(BadRequest("no"), "req_1")
    assert event.startswith(b'data: {"error":{"code":400,')
    assert event.endswith(b"\n\n")
    assert orjson.loads(sse_data(event))["error"]["message"] == "no"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ({"code": 400, "message": "The input token count (5) exceeds the maximum"}, "context_length_exceeded"),
        ({"code": 400, "message": "Request contains an invalid argument."}, "invalid_request"),
        ({"code": 400, "message": {"odd": 1}}, "invalid_request"),
    ],
)
def test_what_a_vendors_error_is_to_others(error: dict[str, Any], code: str) -> None:
    assert read_error(400, error).code == code
