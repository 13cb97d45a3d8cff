"""Rate limits under each format's names."""

import httpx
import pytest

from providers import formats

FORMATS = ("openai_chat", "anthropic_messages")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1), ("6m0s", 360), ("17ms", 0.017), ("1h2m3.5s", 3723.5), ("30", 30), ("-1", None), ("soon", None)],
)
def test_openais_durations(text: str, seconds: float | None) -> None:
    found = formats.codec("openai_chat").read_limits(httpx.Headers({"x-ratelimit-reset-tokens": text}))
    assert found.reset.get("tokens") == seconds


@pytest.mark.parametrize("text", ["soon", "2026-01-01T00:00:00", ""])
def test_a_time_that_is_none_is_left_out(text: str) -> None:
    headers = httpx.Headers({"anthropic-ratelimit-tokens-reset": text})
    assert formats.codec("anthropic_messages").read_limits(headers).reset == {}


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("target", FORMATS)
def test_what_one_says_the_other_says_too(source: str, target: str) -> None:
    given = {"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-tokens": "5000", "x-ratelimit-reset-requests": "90s"}
    limits = formats.codec("openai_chat").read_limits(httpx.Headers(given))
    there = formats.codec(source).read_limits(httpx.Headers(formats.codec(source).write_limits(limits)))
    back = formats.codec(target).read_limits(httpx.Headers(formats.codec(target).write_limits(there)))
    assert (back.limit, back.remaining) == ({"requests": 60}, {"tokens": 5000})
    assert 85 < back.reset["requests"] <= 90
