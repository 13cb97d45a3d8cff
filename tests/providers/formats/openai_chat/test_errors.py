"""Our errors as OpenAI's clients expect them."""

import msgspec
import pytest

from pipeline.errors import (
    BadRequest,
    Forbidden,
    GatewayError,
    InternalError,
    LimitExceeded,
    MethodNotAllowed,
    NotFound,
    OutOfCredit,
    Unauthenticated,
    Unavailable,
    UpstreamFailed,
    UpstreamTimeout,
)
from pipeline.events import sse_data
from providers.formats.openai_chat.errors import OpenAIErrors

ERRORS: list[tuple[GatewayError, int, str, str]] = [
    (BadRequest("words"), 400, "invalid_request_error", "invalid_request"),
    (BadRequest("words", code="missing_model"), 400, "invalid_request_error", "missing_model"),
    (Unauthenticated("words"), 401, "authentication_error", "invalid_api_key"),
    (OutOfCredit("words"), 402, "insufficient_quota", "insufficient_quota"),
    (Forbidden("words", code="token_disabled"), 403, "permission_error", "token_disabled"),
    (NotFound("words", code="model_not_found"), 404, "invalid_request_error", "model_not_found"),
    (LimitExceeded("words"), 429, "rate_limit_error", "rate_limit_exceeded"),
    (InternalError("words"), 500, "server_error", "internal_error"),
    (UpstreamFailed("words"), 502, "upstream_error", "upstream_error"),
    (Unavailable("words"), 503, "overloaded_error", "service_unavailable"),
    (UpstreamTimeout("words"), 504, "timeout_error", "upstream_timeout"),
]


@pytest.mark.parametrize(("error", "status", "kind", "code"), ERRORS)
def test_the_envelope(error: GatewayError, status: int, kind: str, code: str) -> None:
    reply = OpenAIErrors().reply(error, "req_1")
    content = {"message": "words", "type": kind, "param": None, "code": code, "request_id": "req_1"}
    assert (reply.status, reply.headers) == (status, {"content-type": "application/json"})
    assert msgspec.json.decode(reply.body) == {"error": content}
    assert sse_data(OpenAIErrors().event(error, "req_1")) == reply.body


def test_the_parameter_at_fault_is_named() -> None:
    assert b'"param":"stream"' in OpenAIErrors().reply(BadRequest("x", param="stream"), "req_1").body


@pytest.mark.parametrize(("seconds", "header"), [(0, "0"), (1, "1"), (1.2, "2"), (29.999, "30")])
def test_retry_after_is_whole_seconds_rounded_up(seconds: float, header: str) -> None:
    assert OpenAIErrors().reply(Unavailable("x", retry_after=seconds), "req_1").headers["retry-after"] == header


def test_a_wrong_method_is_told_the_right_ones() -> None:
    assert OpenAIErrors().reply(MethodNotAllowed("x", "GET, POST"), "req_1").headers["allow"] == "GET, POST"


def test_an_error_event_is_one_event_whatever_the_message() -> None:
    event = OpenAIErrors().event(BadRequest("line\nline\r\n\r\nend"), "req_1")
    assert event.count(b"\n") == 2
    assert msgspec.json.decode(sse_data(event))["error"]["message"] == "line\nline\r\n\r\nend"
