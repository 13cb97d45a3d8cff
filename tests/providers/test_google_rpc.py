"""The details of Google's errors, and what a failure makes of them."""

from typing import Any

import httpx
import orjson
import pytest

from providers import failures, registry
from providers.google_rpc import reasons, retry_delay
from tests.support.gemini import error, rpc

PER_DAY = rpc("QuotaFailure", violations=[{"quotaId": "GenerateRequestsPerDayPerProjectPerModel"}])
PER_MINUTE = rpc("QuotaFailure", violations=[{"quotaId": "GenerateRequestsPerMinutePerProjectPerModel"}])


@pytest.mark.parametrize(
    ("details", "seconds"),
    [
        ([rpc("RetryInfo", retryDelay="48.939935699s")], 48.939935699),
        ([rpc("RetryInfo", retryDelay="34s"), PER_MINUTE], 34.0),
        ([rpc("RetryInfo", retryDelay="1s"), PER_DAY], 86_400.0),
        ([rpc("RetryInfo", retryDelay="soon")], None),
        ([rpc("Help")], None),
        ("what?", None),
        ([None, {"@type": 5}], None),
    ],
)
def test_how_long_to_wait(details: Any, seconds: float | None) -> None:
    assert retry_delay({"details": details}) == seconds


def test_why() -> None:
    assert reasons({"details": [rpc("ErrorInfo", reason="API_KEY_INVALID"), rpc("Help")]}) == {"API_KEY_INVALID"}


def failure(status: int, *details: dict[str, Any], array: bool = False, **headers: str) -> Any:
    value = error(status, "so it is", "WORD", *details)
    body = orjson.dumps([value] if array else value)
    named = httpx.Headers({name.replace("_", "-"): text for name, text in headers.items()})
    return failures.from_status(status, named, body, registry.get("gemini"))


@pytest.mark.parametrize("array", [False, True])
def test_an_invalid_key_is_ours_whatever_its_status(array: bool) -> None:
    assert failure(400, rpc("ErrorInfo", reason="API_KEY_INVALID"), array=array).ours
    assert not failure(400, rpc("ErrorInfo", reason="OTHER"), array=array).ours


@pytest.mark.parametrize(
    ("details", "headers", "seconds"),
    [
        ([rpc("RetryInfo", retryDelay="7s")], {}, 7.0),
        ([rpc("RetryInfo", retryDelay="7s")], {"retry_after": "9"}, 9.0),
        ([PER_DAY], {}, failures.RETRY_AFTER_CAP),
        ([], {}, None),
    ],
)
def test_a_failure_says_how_long_to_wait(details: Any, headers: dict[str, str], seconds: float | None) -> None:
    assert failure(429, *details, **headers).retry_after == seconds
