"""What a vendor's failure means: its status, its error object, its headers, as a `Failure`."""

import time
from collections.abc import Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import msgspec

from pipeline.retry import Blame, Failure
from providers.kept_alive import StaleConnection
from providers.vendor import Vendor

RETRY_AFTER_CAP = 300.0
RETRY_AFTER_DEFAULT = 5.0

_STATUS_OF_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "permission_error": 403,
    "not_found_error": 404,
    "rate_limit_error": 429,
    "rate_limit_exceeded": 429,
    "server_error": 502,
    "overloaded_error": 529,
    "server_is_overloaded": 503,
}


def from_status(status: int, headers: httpx.Headers, body: bytes, vendor: Vendor) -> Failure:
    """A reply with an error status."""
    return _failure(status, error_in(body), vendor, retry_after(headers))


def in_band(error: Mapping[str, Any], headers: httpx.Headers, vendor: Vendor) -> Failure:
    """An error inside a 200: its own fields say which status it would have been, else it is a 502."""
    return _failure(status_of(error), error, vendor, retry_after(headers))


def from_exception(problem: Exception) -> Failure:
    """No answer at all. The text of the exception is not passed on: it names addresses."""
    if isinstance(problem, StaleConnection):
        return Failure("The connection to the upstream had gone.", code="upstream_disconnected", unsent=True)
    if isinstance(problem, TimeoutError | httpx.ReadTimeout | httpx.WriteTimeout):
        return Failure("The upstream did not answer in time.", code="upstream_timeout", timed_out=True)
    if isinstance(problem, httpx.ConnectTimeout | httpx.ConnectError | httpx.PoolTimeout | httpx.ProxyError):
        return Failure("The upstream cannot be reached.", code="upstream_unreachable", blame=Blame.CHANNEL)
    return Failure("The connection to the upstream broke before it answered.", code="upstream_disconnected")


def not_in_format(what: str) -> Failure:
    """A 200 that is no reply: `what` says what came instead."""
    return Failure(f"The upstream answered with {what}.", code="upstream_invalid_response", status=502)


def retry_after(headers: httpx.Headers) -> float | None:
    """Seconds to wait, capped at 300; None if the vendor did not say. Garbage counts as 5."""
    if (milliseconds := headers.get("retry-after-ms")) is not None:
        return _seconds(milliseconds, 0.001)
    if (value := headers.get("retry-after")) is None:
        return None
    try:
        when = parsedate_to_datetime(value)
    except ValueError:
        return _seconds(value, 1)
    if when.tzinfo is None:
        # RFC 5322's `-0000` is UTC as well; Python makes a date without a zone of it, and would read it as local time.
        when = when.replace(tzinfo=UTC)
    return min(max(when.timestamp() - time.time(), 0.0), RETRY_AFTER_CAP)


def _seconds(value: str, unit: float) -> float:
    try:
        seconds = float(value) * unit
    except ValueError:
        return RETRY_AFTER_DEFAULT
    return min(seconds, RETRY_AFTER_CAP) if seconds >= 0 else RETRY_AFTER_DEFAULT


def _failure(status: int, error: Mapping[str, Any], vendor: Vendor, wait: float | None) -> Failure:
    words = {str(error.get("code")), str(error.get("type"))}
    if status in (401, 402) or words & vendor.credential_codes:
        return Failure(
            "The gateway's own account at the upstream was refused. This is not about your API key.",
            status=status,
            code="upstream_credentials_refused",
            ours=True,
            retry_after=wait,
        )
    unfit = bool(words & vendor.unfit_codes)
    return Failure(f"The upstream answered with status {status}.", status=status, unfit=unfit, retry_after=wait)


def error_in(body: bytes) -> Mapping[str, Any]:
    """The error object of a body: under `error`, or, as Mistral writes it, the body itself."""
    try:
        value = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    if not isinstance(value, dict):
        return {}
    inner = value.get("error")
    return inner if isinstance(inner, dict) else value


def status_of(error: Mapping[str, Any]) -> int:
    for name in ("status_code", "status", "code"):
        value = error.get(name)
        if isinstance(value, str) and value.isdecimal():
            value = int(value)
        if type(value) is int and 400 <= value <= 599:
            return value
    for name in ("type", "code"):
        if (status := _STATUS_OF_TYPE.get(str(error.get(name)))) is not None:
            return status
    return 502
