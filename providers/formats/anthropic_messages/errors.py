"""Anthropic's error envelope: `{type: error, error: {type, message}, request_id}`, in a body or in an `error` event of a
stream."""

import math

import msgspec

from pipeline.errors import GatewayError, MethodNotAllowed
from pipeline.flow import Reply
from providers.formats.vendor_error import CONTEXT_EXCEEDED

OVERLOADED = 529

TOO_LONG = "prompt is too long"
"""How the vendor's message begins then. Claude Code looks for these words, and makes the conversation shorter."""

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    408: "timeout_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "overloaded_error",
    504: "timeout_error",
    OVERLOADED: "overloaded_error",
}


class AnthropicErrors:
    """Renders errors; see `pipeline.ports.ErrorFormat`. The SDKs look for the id in `request-id`."""

    def reply(self, error: GatewayError, flow_id: str) -> Reply:
        headers = {"content-type": "application/json", "request-id": flow_id}
        if error.retry_after is not None:
            headers["retry-after"] = str(math.ceil(error.retry_after))
        if isinstance(error, MethodNotAllowed):
            headers["allow"] = error.allow
        return Reply(OVERLOADED if error.status == 503 else error.status, headers, envelope(error, flow_id))

    def event(self, error: GatewayError, flow_id: str) -> bytes:
        return b"event: error\ndata: " + envelope(error, flow_id) + b"\n\n"


def envelope(error: GatewayError, flow_id: str) -> bytes:
    usual = "invalid_request_error" if error.status < 500 else "api_error"
    message = error.message
    if error.code == CONTEXT_EXCEEDED and not message.startswith(TOO_LONG):
        message = f"{TOO_LONG}: {message}"
    content = {"type": _TYPES.get(error.status, usual), "message": message}
    return msgspec.json.encode({"type": "error", "error": content, "request_id": flow_id})
