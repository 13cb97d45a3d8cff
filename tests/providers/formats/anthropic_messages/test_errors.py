"""Anthropic's error envelope."""

import orjson
import pytest

from pipeline.errors import (
    BadRequest,
    BodyTooLarge,
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
from providers.formats.anthropic_messages.errors import AnthropicErrors
from providers.formats.anthropic_messages.read_error import read_error


@pytest.mark.parametrize(
    ("error", "status", "kind"),
    [
        (BadRequest("x"), 400, "invalid_request_error"),
        (Unauthenticated("x"), 401, "authentication_error"),
        (OutOfCredit("x"), 402, "billing_error"),
        (Forbidden("x"), 403, "permission_error"),
        (NotFound("x"), 404, "not_found_error"),
        (MethodNotAllowed("x", "POST"), 405, "invalid_request_error"),
        (BodyTooLarge("x"), 413, "request_too_large"),
        (LimitExceeded("x"), 429, "rate_limit_error"),
        (InternalError("x"), 500, "api_error"),
        (UpstreamFailed("x"), 502, "api_error"),
        (Unavailable("x"), 529, "overloaded_error"),
        (UpstreamTimeout("x"), 504, "timeout_error"),
    ],
)
def test_each_error_has_its_type(error: GatewayError, status: int, kind: str) -> None:
    reply = AnthropicErrors().reply(error, "req_1")
    expected = {"type": "error", "error": {"type": kind, "message": "x"}, "request_id": "req_1"}
    assert (reply.status, orjson.loads(reply.body), reply.headers["request-id"]) == (status, expected, "req_1")
    event = AnthropicErrors().event(error, "req_1")
    assert event == b"event: error\ndata: " + reply.body + b"\n\n"


def test_when_to_come_back_and_what_is_allowed_are_told() -> None:
    assert AnthropicErrors().reply(Unavailable("x", retry_after=1.2), "r").headers["retry-after"] == "2"
    assert AnthropicErrors().reply(MethodNotAllowed("x", "POST"), "r").headers["allow"] == "POST"


def test_a_prompt_that_is_too_long_has_anthropics_words_once() -> None:
    own = read_error(400, {"type": "invalid_request_error", "message": "prompt is too long: 9 tokens > 8 maximum"})
    assert own.code == "context_length_exceeded"
    for error in (own, BadRequest("9 tokens > 8", code="context_length_exceeded")):
        message = orjson.loads(AnthropicErrors().reply(error, "r").body)["error"]["message"]
        assert message.count("prompt is too long: 9 tokens") == 1
