"""The headers of a format."""

import math

import pytest

from pipeline.limits.claims import Meter, Refusal
from pipeline.limits.headers import go_duration, limit_headers, refusal_headers, without_vendors
from tests.pipeline.limits.claiming import claim


def test_the_limit_that_leaves_least_is_shown_of_each_kind() -> None:
    meters = [
        Meter(claim(60), 59, 1.5),
        Meter(claim(1000, word="rpd"), 7, 3600),
        Meter(claim(5000, 10, word="tpm"), 4990, 0.25),
        Meter(claim(3, word="concurrent"), 2, 0),
    ]
    assert limit_headers("openai_chat", meters) == {
        "x-ratelimit-limit-requests": "1000",
        "x-ratelimit-remaining-requests": "7",
        "x-ratelimit-reset-requests": "1h0m0s",
        "x-ratelimit-limit-tokens": "5000",
        "x-ratelimit-remaining-tokens": "4990",
        "x-ratelimit-reset-tokens": "250ms",
    }


def test_a_request_that_can_never_fit_is_not_to_be_sent_again() -> None:
    meter = Meter(claim(100, 200, word="tpm"), 100, 0)
    assert refusal_headers("openai_chat", Refusal(meter, math.inf))["x-should-retry"] == "false"
    assert "x-should-retry" not in refusal_headers("openai_chat", Refusal(meter, 3))


def test_the_vendors_limits_are_not_ours() -> None:
    assert without_vendors({"x-ratelimit-limit-requests": "5", "content-type": "a"}) == {"content-type": "a"}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0ms"),
        (0.0174, "17ms"),
        (0.9996, "1s"),
        (1, "1s"),
        (1.5, "1.5s"),
        (59.999, "59.999s"),
        (60, "1m0s"),
        (360, "6m0s"),
        (3723.5, "1h2m3.5s"),
        (86400, "24h0m0s"),
    ],
)
def test_a_duration_is_written_as_go_does(seconds: float, text: str) -> None:
    assert go_duration(seconds) == text
