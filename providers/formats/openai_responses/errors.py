"""Errors of the responses format: OpenAI's usual envelope for a reply, and two events for a stream that has begun."""

from typing import Any

from pipeline.errors import GatewayError
from pipeline.flow import Reply
from providers.formats.openai_chat.errors import OpenAIErrors
from providers.formats.openai_responses.sse import sse


class ResponsesErrors:
    """Renders errors; see `pipeline.ports.ErrorFormat`."""

    def reply(self, error: GatewayError, flow_id: str) -> Reply:
        return OpenAIErrors().reply(error, flow_id)

    def event(self, error: GatewayError, flow_id: str) -> bytes:
        return error_event(error, 0, request_id=flow_id)


def error_event(error: GatewayError, sequence: int, **more: Any) -> bytes:
    """The members stand at the top, where the documentation has them, and under `error`, where OpenAI really sends them: its SDKs
    raise what they find there."""
    content = {"code": error.code, "message": error.message, "param": error.param}
    return sse("error", sequence, {**content, "error": {"type": error.kind, **content, **more}})


def failed_events(error: GatewayError, response: dict[str, Any] | None, sequence: int) -> bytes:
    """`error`, then `response.failed`, as OpenAI ends a stream that breaks: SDKs act on the first, Codex on the second alone.
    `response` is the one that the stream began with; None if it has not."""
    event = error_event(error, sequence)
    if response is None:
        return event
    failed = {**response, "status": "failed", "error": response_error(error)}
    return event + sse("response.failed", sequence + 1, {"response": failed})


def response_error(error: GatewayError) -> dict[str, Any]:
    """A response's `error`; its codes are an enumeration."""
    if error.status == 429:
        code = "rate_limit_exceeded"
    else:
        code = "invalid_prompt" if error.status in (400, 413, 422) else "server_error"
    return {"code": code, "message": error.message}
