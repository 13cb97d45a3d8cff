"""Values are read exactly, or refused with words that help."""

import datetime as dt
from typing import Any

import pytest
from pydantic_core import PydanticCustomError

from app.state import values


@pytest.mark.parametrize(
    ("written", "nano"),
    [
        (0, 0),
        (25, 25_000_000_000),
        (0.15, 150_000_000),
        (1.1, 1_100_000_000),
        (2.675, 2_675_000_000),
        ("0.000000001", 1),
        ("1e-9", 1),
        ("9223372036.854775807", 2**63 - 1),
        (1e3, 1_000_000_000_000),
        (123456.789012345, 123_456_789_012_345),
    ],
)
def test_dollars_are_exact(written: Any, nano: int) -> None:
    assert values.usd_to_nano(written) == nano


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("0.0000000001", "more than 9 digits after the point"),
        (0.1 + 0.2, "more than 15 digits: put the number in quotes"),
        (-1, "must be at least 0"),
        ("9223372036.854775808", "must be at most 9223372036"),
        (10**40, "more than 28 digits"),
        ("1e-999999", "more than 28 digits"),
        ("1e999999", "more than 28 digits"),
        ("1" * 29, "more than 28 digits"),
        (float("inf"), "finite"),
        ("nan", "finite"),
        ("sNaN", "finite"),
        ("", "expected a number"),
        ("1,5", "expected a number"),
        ("$5", "expected a number"),
        (True, "expected a number"),
        (None, "expected a number"),
        ([1], "expected a number"),
    ],
)
def test_what_is_no_amount(written: Any, said: str) -> None:
    with pytest.raises(PydanticCustomError, match=said):
        values.usd_to_nano(written)


@pytest.mark.parametrize(
    ("nano", "usd"),
    [
        (0, "0"),
        (1, "0.000000001"),
        (150_000_000, "0.15"),
        (25_000_000_000, "25"),
        (100_000_000_000, "100"),
        (-3_000_000_001, "-3.000000001"),
        (2**63 - 1, "9223372036.854775807"),
    ],
)
def test_dollars_are_shown_exactly(nano: int, usd: str) -> None:
    assert values.nano_to_usd(nano) == usd
    assert nano < 0 or values.usd_to_nano(usd) == nano


@pytest.mark.parametrize(
    ("written", "text"), [(1, "1"), (1.0, "1"), ("1.00", "1"), (0, "0"), (0.8, "0.8"), (100, "100"), ("1e-12", "0.000000000001")]
)
def test_equal_ratios_have_one_text(written: Any, text: str) -> None:
    assert values.ratio(written) == text


@pytest.mark.parametrize("written", [-0.1, 1_000_001, "1e-13", "x", True])
def test_what_is_no_ratio(written: Any) -> None:
    with pytest.raises(PydanticCustomError):
        values.ratio(written)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("2027-01-31", dt.datetime(2027, 1, 31, tzinfo=dt.UTC)),
        ("2027-01-31T12:00:00Z", dt.datetime(2027, 1, 31, 12, tzinfo=dt.UTC)),
        ("2027-01-31 12:00:00+02:00", dt.datetime(2027, 1, 31, 10, tzinfo=dt.UTC)),
    ],
)
def test_moments(written: str, moment: dt.datetime) -> None:
    assert values.expiry(written) == moment


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("2027-01-31T12:00:00", "the time zone is missing"),
        ("2027-02-30", "expected a date"),
        ("tomorrow", "expected a date"),
        ("", "expected a date"),
        (1_800_000_000, "expected a date"),
        ("0001-01-01T00:00:00+14:00", "expected a date"),
    ],
)
def test_what_is_no_moment(written: Any, said: str) -> None:
    with pytest.raises(PydanticCustomError, match=said):
        values.expiry(written)


@pytest.mark.parametrize("address", ["https://api.openai.com/v1", "http://localhost:11434/v1/", "http://[::1]:8000"])
def test_addresses(address: str) -> None:
    assert values.base_url(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "", "api.openai.com", "ftp://host/", "https://", "https://host:port/", "https://host:0/", "https://host:99999/",
        "https://user:s3cret@host/", "https://host/v1?key=s3cret", "https://host/#s3cret", "https://ho st/", "https://höst/",
    ],
)  # fmt: skip
def test_what_is_no_address(address: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        values.base_url(address)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("address", ["http://proxy:3128", "https://user:pw@proxy:1080"])
def test_proxies(address: str) -> None:
    assert values.proxy_url(address) == address


@pytest.mark.parametrize("address", ["proxy:3128", "ftp://s3cret@proxy", ""])
def test_what_is_no_proxy(address: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        values.proxy_url(address)
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("key", ["sk-x", "anything:goes/here", "1"])
def test_caller_keys(key: str) -> None:
    assert values.caller_key(key) == key


@pytest.mark.parametrize("key", ["", "a b", "line\nbreak", "clé"])
def test_what_cannot_travel_in_a_header(key: str) -> None:
    with pytest.raises(PydanticCustomError, match="visible ASCII"):
        values.caller_key(key)
