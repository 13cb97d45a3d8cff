"""A vendor's refusal in words that every format's envelope can carry."""

from pipeline.errors import UpstreamFailed

CONTEXT_EXCEEDED = "context_length_exceeded"
"""The code of a prompt that is too long for the model. Agents shorten it when they see their own format's form of this."""

_BY_STATUS = {
    400: ("invalid_request_error", "invalid_request"),
    401: ("authentication_error", "invalid_api_key"),
    402: ("insufficient_quota", "insufficient_quota"),
    403: ("permission_error", "forbidden"),
    404: ("invalid_request_error", "model_not_found"),
    408: ("timeout_error", "request_timeout"),
    413: ("invalid_request_error", "request_too_large"),
    429: ("rate_limit_error", "rate_limit_exceeded"),
    503: ("overloaded_error", "overloaded"),
    504: ("timeout_error", "upstream_timeout"),
    529: ("overloaded_error", "overloaded"),
}


def vendor_error(status: int, message: str, *, code: str | None = None, param: str | None = None) -> UpstreamFailed:
    """With the kind that `pipeline.errors` gives this status, and `code` if the vendor's word for it is one that callers know."""
    below = ("invalid_request_error", "invalid_request") if status < 500 else ("server_error", "upstream_error")
    kind, usual = _BY_STATUS.get(status, below)
    error = UpstreamFailed(message or f"The upstream answered with status {status}.", code=code or usual, param=param)
    error.status, error.kind = status, kind
    return error
