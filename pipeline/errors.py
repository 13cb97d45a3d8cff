"""Every error a caller can meet.

    GatewayError
      Rejected            the request is refused: nothing is wrong with the gateway
        BadRequest        400
        Unauthenticated   401   no key, or one nobody knows
        OutOfCredit       402   quota or balance used up (official SDKs would retry a 429)
        Forbidden         403   key disabled or expired, address or model not allowed
        NotFound          404   unknown route or model
        MethodNotAllowed  405
        BodyTimeout       408
        BodyTooLarge      413
        UnsupportedMedia  415
        LimitExceeded     429
      UpstreamFailed      502   the vendor, or our credentials there, failed
      Unavailable         503   nothing can serve this now; come back later
      UpstreamTimeout     504
      InternalError       500   a stage crashed; the log has it under the request's id

A message is written for the caller: it holds no secret, no vendor key, no address of ours. What only the operator should
know goes to the log under the same request id.
"""


class GatewayError(Exception):
    """Has an HTTP `status`, a stable `code`, and a message safe for callers; `retry_after` is in seconds."""

    status: int = 500
    code: str = "internal_error"
    kind: str = "server_error"

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.retry_after = retry_after
        if code is not None:
            self.code = code


class Rejected(GatewayError):
    """A refusal. A stage raises one of its subclasses."""

    status = 400
    code = "invalid_request"
    kind = "invalid_request_error"


class BadRequest(Rejected):
    pass


class Unauthenticated(Rejected):
    status = 401
    code = "invalid_api_key"
    kind = "authentication_error"


class OutOfCredit(Rejected):
    status = 402
    code = "insufficient_quota"
    kind = "insufficient_quota"


class Forbidden(Rejected):
    status = 403
    code = "forbidden"
    kind = "permission_error"


class NotFound(Rejected):
    status = 404
    code = "not_found"


class MethodNotAllowed(Rejected):
    status = 405
    code = "method_not_allowed"

    def __init__(self, message: str, allow: str) -> None:
        super().__init__(message)
        self.allow = allow


class BodyTimeout(Rejected):
    status = 408
    code = "request_timeout"


class BodyTooLarge(Rejected):
    status = 413
    code = "request_too_large"


class UnsupportedMedia(Rejected):
    status = 415
    code = "unsupported_media_type"


class LimitExceeded(Rejected):
    status = 429
    code = "rate_limit_exceeded"
    kind = "rate_limit_error"


class UpstreamFailed(GatewayError):
    status = 502
    code = "upstream_error"
    kind = "upstream_error"


class Unavailable(GatewayError):
    status = 503
    code = "service_unavailable"
    kind = "overloaded_error"


class UpstreamTimeout(GatewayError):
    status = 504
    code = "upstream_timeout"
    kind = "timeout_error"


class InternalError(GatewayError):
    pass
