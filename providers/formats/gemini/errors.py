"""Google's error envelope: `{"error": {code, message, status, details}}`, in a body, a `data:` line or an array's element.
https://cloud.google.com/apis/design/errors"""

import math
from typing import Any

import msgspec

from pipeline.errors import GatewayError, MethodNotAllowed
from pipeline.events import sse_event
from pipeline.flow import Reply
from providers.google_rpc import detail

OVERLOADED = 529
"""Anthropic's status for what is 503 to everybody else."""

_STATUS = {
    401: "UNAUTHENTICATED",
    402: "FAILED_PRECONDITION",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    405: "UNIMPLEMENTED",
    408: "DEADLINE_EXCEEDED",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    499: "CANCELLED",
    501: "UNIMPLEMENTED",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}


class GoogleErrors:
    """Renders errors; see `pipeline.ports.ErrorFormat`. The request's id and the time to wait are among the details."""

    def reply(self, error: GatewayError, flow_id: str) -> Reply:
        headers = {"content-type": "application/json"}
        if error.retry_after is not None:
            headers["retry-after"] = str(math.ceil(error.retry_after))
        if isinstance(error, MethodNotAllowed):
            headers["allow"] = error.allow
        return Reply(_code(error), headers, envelope(error, flow_id))

    def event(self, error: GatewayError, flow_id: str) -> bytes:
        """Google's SDK raises it if `error` is the first member and `code` a number."""
        return sse_event(envelope(error, flow_id))


def envelope(error: GatewayError, flow_id: str) -> bytes:
    code = _code(error)
    usual = "INVALID_ARGUMENT" if code < 500 else "INTERNAL"
    content = {"code": code, "message": error.message, "status": _STATUS.get(code, usual), "details": _details(error, flow_id)}
    return msgspec.json.encode({"error": content})


def _code(error: GatewayError) -> int:
    return 503 if error.status == OVERLOADED else error.status


def _details(error: GatewayError, flow_id: str) -> list[dict[str, Any]]:
    found = [detail("ErrorInfo", reason=error.code.upper(), domain="aihub"), detail("RequestInfo", requestId=flow_id)]
    if error.retry_after is not None:
        found.append(detail("RetryInfo", retryDelay=f"{math.ceil(error.retry_after)}s"))
    if error.param is not None:
        found.append(detail("BadRequest", fieldViolations=[{"field": error.param, "description": error.message}]))
    return found
