"""What a vendor's failure means, as tables."""

import time
from email.utils import format_datetime, formatdate
from typing import Any

import httpx
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.retry import Blame, Failure, Verdict, verdict
from providers.failures import (
    RETRY_AFTER_CAP,
    RETRY_AFTER_DEFAULT,
    from_exception,
    from_status,
    in_band,
    not_in_format,
    retry_after,
)
from providers.kept_alive import StaleConnection
from providers.vendors.openai import VENDOR

NONE = httpx.Headers()
NEXT, NEXT_ONLY, FINAL, FALLBACK = Verdict.NEXT, Verdict.NEXT_ONLY, Verdict.FINAL, Verdict.FALLBACK


def error(code: Any = None, kind: str = "x") -> dict[str, Any]:
    return {"error": {"message": "canary", "type": kind, "param": None, "code": code}}


# A status and a body, whether it is our account's fault, and what is done next.
STATUSES: list[tuple[int, Any, bool, Verdict]] = [
    (400, error(), False, FINAL),
    (400, error("context_length_exceeded"), False, FALLBACK),
    (400, error("invalid_api_key"), True, NEXT_ONLY),
    (401, error("invalid_api_key"), True, NEXT_ONLY),
    (401, b"", True, NEXT_ONLY),
    (401, b"<html>", True, NEXT_ONLY),
    (402, error(), True, NEXT_ONLY),
    (403, error(), False, FINAL),
    (403, error("content_policy_violation"), False, FALLBACK),
    (403, error("account_deactivated"), True, NEXT_ONLY),
    (404, error("model_not_found"), False, NEXT_ONLY),
    (408, error(), False, NEXT),
    (413, error(), False, FINAL),
    (422, {"detail": [{"loc": ["body"]}]}, False, FINAL),
    (429, error("rate_limit_exceeded"), False, NEXT),
    (429, error("insufficient_quota", "insufficient_quota"), True, NEXT_ONLY),
    (429, error(None, "insufficient_quota"), True, NEXT_ONLY),
    (429, error("billing_hard_limit_reached"), True, NEXT_ONLY),
    (429, {"object": "error", "message": "m", "code": "insufficient_quota"}, True, NEXT_ONLY),
    (429, {"error": "insufficient_quota"}, False, NEXT),
    (429, {"code": "insufficient_quota", "error": "words"}, True, NEXT_ONLY),
    (429, ["insufficient_quota"], False, NEXT),
    (429, b'{"error":{"code":"\xff"}}', False, NEXT),
    (429, b'{"error":' + b"[" * 100_000, False, NEXT),
    (429, {"error": {"code": ["insufficient_quota"]}}, False, NEXT),
    (500, error(), False, NEXT),
    (503, b"<html>busy</html>", False, NEXT),
    (529, error(None, "overloaded_error"), False, NEXT),
]


@pytest.mark.parametrize(("status", "body", "ours", "next_step"), STATUSES)
def test_what_a_status_means(status: int, body: Any, ours: bool, next_step: Verdict) -> None:
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    failure = from_status(status, NONE, raw, VENDOR)
    assert (failure.status, failure.ours, failure.blame, verdict(failure)) == (status, ours, Blame.KEY, next_step)
    assert failure.code == ("upstream_credentials_refused" if ours else "upstream_error")
    assert "canary" not in failure.message


# An error object inside a 200, and the status that it stands for.
IN_BAND: list[tuple[dict[str, Any], int]] = [
    ({"code": 429}, 429),
    ({"code": "503"}, 503),
    ({"status": 400, "code": 500}, 400),
    ({"status_code": 404, "status": 500}, 404),
    ({"code": 200}, 502),
    ({"code": 42}, 502),
    ({"code": 600}, 502),
    ({"code": True}, 502),
    ({"code": 429.0}, 502),
    ({"code": "1302"}, 502),
    ({"type": "invalid_request_error"}, 400),
    ({"type": "authentication_error"}, 401),
    ({"type": "rate_limit_error"}, 429),
    ({"code": "rate_limit_exceeded"}, 429),
    ({"type": "overloaded_error"}, 529),
    ({"code": "server_is_overloaded"}, 503),
    ({"type": "server_error", "code": 400}, 400),
    ({"type": "something else"}, 502),
    ({"type": ["x"], "code": {}}, 502),
    ({"message": "only words"}, 502),
    ({}, 502),
]


@pytest.mark.parametrize(("found", "status"), IN_BAND)
def test_an_error_inside_a_200_is_the_status_it_stands_for(found: dict[str, Any], status: int) -> None:
    failure = in_band(found, httpx.Headers({"retry-after": "3"}), VENDOR)
    assert (failure.status, failure.ours, failure.retry_after) == (status, status == 401, 3)


def test_our_account_s_code_inside_a_200_is_our_fault() -> None:
    assert in_band({"code": "insufficient_quota"}, NONE, VENDOR).ours


# How no answer came, its code, whether it took too long, and whom it speaks against.
EXCEPTIONS: list[tuple[Exception, str, bool, Blame]] = [
    (httpx.ConnectError("10.0.0.5: refused"), "upstream_unreachable", False, Blame.CHANNEL),
    (httpx.ConnectTimeout("10.0.0.5"), "upstream_unreachable", False, Blame.CHANNEL),
    (httpx.PoolTimeout("10.0.0.5"), "upstream_unreachable", False, Blame.CHANNEL),
    (httpx.ProxyError("10.0.0.5"), "upstream_unreachable", False, Blame.CHANNEL),
    (TimeoutError("10.0.0.5"), "upstream_timeout", True, Blame.KEY),
    (httpx.ReadTimeout("10.0.0.5"), "upstream_timeout", True, Blame.KEY),
    (httpx.WriteTimeout("10.0.0.5"), "upstream_timeout", True, Blame.KEY),
    (httpx.ReadError("10.0.0.5"), "upstream_disconnected", False, Blame.KEY),
    (httpx.RemoteProtocolError("10.0.0.5"), "upstream_disconnected", False, Blame.KEY),
]


@pytest.mark.parametrize(("problem", "code", "timed_out", "blame"), EXCEPTIONS)
def test_what_no_answer_means(problem: Exception, code: str, timed_out: bool, blame: Blame) -> None:
    failure = from_exception(problem)
    assert (failure.code, failure.timed_out, failure.blame, failure.status) == (code, timed_out, blame, None)
    assert verdict(failure) is NEXT
    assert "10.0.0.5" not in failure.message


def test_a_connection_that_had_gone_is_no_failure_of_the_target() -> None:
    failure = from_exception(StaleConnection("10.0.0.5"))
    assert (failure.unsent, failure.status, verdict(failure)) == (True, None, Verdict.SAME_ONCE)
    assert "10.0.0.5" not in failure.message


def test_a_200_that_is_no_reply_is_the_vendor_s_fault() -> None:
    expected = Failure("The upstream answered with an empty body.", 502, "upstream_invalid_response")
    assert not_in_format("an empty body") == expected
    assert verdict(expected) is NEXT


WAITS: list[tuple[dict[str, str], float | None]] = [
    ({}, None),
    ({"retry-after": "5"}, 5),
    ({"retry-after": " 7 "}, 7),
    ({"retry-after": "1.5"}, 1.5),
    ({"retry-after": "0"}, 0),
    ({"retry-after": "299"}, 299),
    ({"retry-after": "301"}, RETRY_AFTER_CAP),
    ({"retry-after": "1e9"}, RETRY_AFTER_CAP),
    ({"retry-after": "inf"}, RETRY_AFTER_CAP),
    ({"retry-after": "-1"}, RETRY_AFTER_DEFAULT),
    ({"retry-after": "nan"}, RETRY_AFTER_DEFAULT),
    ({"retry-after": ""}, RETRY_AFTER_DEFAULT),
    ({"retry-after": "soon"}, RETRY_AFTER_DEFAULT),
    ({"retry-after": "2m59.5s"}, RETRY_AFTER_DEFAULT),
    ({"retry-after-ms": "1500"}, 1.5),
    ({"retry-after-ms": "1500", "retry-after": "60"}, 1.5),
    ({"retry-after-ms": "x", "retry-after": "60"}, RETRY_AFTER_DEFAULT),
    ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT"}, 0),
    ({"retry-after": "Wed, 21 Oct 2099 07:28:00 GMT"}, RETRY_AFTER_CAP),
    ({"retry-after": "Wed, 32 Oct 2099 07:28:00 GMT"}, RETRY_AFTER_DEFAULT),
    ({"retry-after": "Mon, 01 Jan 99999 00:00:00 GMT"}, RETRY_AFTER_DEFAULT),
]


@pytest.mark.parametrize(("headers", "wait"), WAITS)
def test_how_long_a_vendor_asks_to_wait(headers: dict[str, str], wait: float | None) -> None:
    assert retry_after(httpx.Headers(headers)) == wait


def test_a_date_is_seconds_from_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1_000_000.0)
    assert retry_after(httpx.Headers({"retry-after": formatdate(1_000_042, usegmt=True)})) == 42


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Tokyo", "UTC"])
def test_a_date_without_a_zone_is_utc_wherever_the_gateway_stands(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        monkeypatch.setattr(time, "time", lambda: 1_000_000.0)
        assert retry_after(httpx.Headers({"retry-after": formatdate(1_000_042, localtime=False)})) == 42
    finally:
        monkeypatch.undo()
        time.tzset()


@given(st.sampled_from(["retry-after", "retry-after-ms"]), st.text(max_size=40) | st.datetimes().map(format_datetime))
def test_whatever_the_header_says_the_wait_is_bounded(name: str, value: str) -> None:
    wait = retry_after(httpx.Headers([(name.encode(), value.encode("utf-8", "replace"))]))
    assert wait is not None
    assert 0 <= wait <= RETRY_AFTER_CAP
