"""What a caller reads: which limit, its size, when to come back; nothing of the operator's."""

import math

import pytest

from pipeline.errors import GatewayError
from pipeline.limits.allowance import MEASURES
from pipeline.limits.claims import Claim, Meter, Refusal
from pipeline.limits.wording import channels_full, limit_exceeded


def refusal(scope: str, names: tuple[str, ...], word: str, limit: int, wait: float, amount: int = 1) -> Refusal:
    return Refusal(Meter(Claim(scope, names, scope, MEASURES[word], limit, amount), 0, 0), wait)


def told(error: GatewayError) -> tuple[int, str, float | None, str]:
    return error.status, error.code, error.retry_after, error.message


MET, LARGE, FULL = "rate_limit_exceeded", "request_exceeds_limit", "channel_limits_reached"


@pytest.mark.parametrize(
    ("met", "error"),
    [
        (
            refusal("token", ("laptop",), "rpm", 60, 1.2),
            (429, MET, 1.2, "Rate limit reached: 60 requests per minute for this API key. Try again in 2 seconds."),
        ),
        (
            refusal("user", ("alice",), "tpd", 1_000_000, 1),
            (429, MET, 1, "Rate limit reached: 1,000,000 tokens per day for your account. Try again in 1 second."),
        ),
        (
            refusal("group+model", ("vip", "gpt-4"), "rpd", 5, 4000),
            (
                429,
                MET,
                4000,
                "Rate limit reached: 5 requests per day for the group 'vip' and the model 'gpt-4'. Try again in 4,000 seconds.",
            ),
        ),
        (
            refusal("ip", ("10.0.0.1",), "concurrent", 3, 1),
            (
                429,
                MET,
                1,
                "Too many requests are open: the limit is 3 requests at a time for your address. Try again when one has ended.",
            ),
        ),
        (
            refusal("user", ("alice",), "tpm", 1000, math.inf, 4100),
            (
                429,
                LARGE,
                None,
                "The request is too large: it may take 4,100 tokens, and the limit is 1,000 tokens per minute for your account. "
                "Send less, or ask for a shorter answer.",
            ),
        ),
    ],
)
def test_a_limit_is_told_with_its_size_and_the_time_to_come_back(met: Refusal, error: tuple[int, str, float | None, str]) -> None:
    assert told(limit_exceeded(met)) == error


def test_a_full_channel_is_not_named_and_the_soonest_says_when() -> None:
    met = [refusal("channel", ("azure-secret",), "rpm", 60, wait) for wait in (9, 2.5)]
    message = "Every channel that serves the model 'm' is at its rate limit. Try again in 3 seconds."
    assert told(channels_full("m", met)) == (503, FULL, 2.5, message)


def test_a_request_that_no_channel_can_ever_take_is_told_so() -> None:
    met = [refusal("channel", ("a",), "tpm", 60, math.inf, 100)]
    message = "Every channel that serves the model 'm' is at its rate limit. The request is larger than any of them allows."
    assert told(channels_full("m", met)) == (429, LARGE, None, message)
