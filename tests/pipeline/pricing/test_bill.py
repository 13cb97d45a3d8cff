"""A bill's lines: what each counts, at which rate, rounded once, and that they add up."""

from fractions import Fraction
from typing import Any

import pytest

from pipeline.pricing.bill import Images, Units, amount, bill
from pipeline.pricing.price import ImageRate, Price
from pipeline.usage import Usage
from tests.pipeline.pricing.prices import NOON, each, price

FULL = price("2", "10", cache_read="0.2", cache_write="2.5", cache_write_1h="4", reasoning="8", audio_input="32", image_input="5")
EVERYTHING = Usage(
    input=1000,
    cache_read=100,
    cache_write=200,
    cache_write_1h=50,
    audio_input=30,
    image_input=20,
    output=500,
    reasoning=300,
    audio_output=40,
    image_output=10,
)


def lines(of: Price, usage: Usage, **more: Any) -> dict[str, tuple[int, int]]:
    """Quantity and nano-dollars by kind."""
    found = bill(of, usage, at=NOON, **more)
    assert sum(line.amount_nano for line in found.lines) == found.total_nano
    return {line.kind: (line.quantity, line.amount_nano) for line in found.lines}


def test_each_token_is_on_one_line() -> None:
    assert lines(FULL, EVERYTHING) == {
        "input": (650, 1_300_000),
        "output": (150, 1_500_000),
        "cache_read": (100, 20_000),
        "cache_write": (150, 375_000),
        "cache_write_1h": (50, 200_000),
        "reasoning": (300, 2_400_000),
        "audio_input": (30, 960_000),
        "audio_output": (40, 400_000),
        "image_input": (20, 100_000),
        "image_output": (10, 100_000),
    }


def test_kinds_without_a_rate_have_that_of_their_base() -> None:
    assert lines(price("2", "10"), EVERYTHING) == {
        "input": (650, 1_300_000),
        "output": (150, 1_500_000),
        "cache_read": (100, 200_000),
        "cache_write": (150, 300_000),
        "cache_write_1h": (50, 100_000),
        "reasoning": (300, 3_000_000),
        "audio_input": (30, 60_000),
        "audio_output": (40, 400_000),
        "image_input": (20, 40_000),
        "image_output": (10, 100_000),
    }


def test_an_hour_in_the_cache_falls_back_to_five_minutes_of_it() -> None:
    found = lines(price("2", "10", cache_write="2.5"), Usage(input=100, cache_write=100, cache_write_1h=100))
    assert found == {"cache_write_1h": (100, 250_000)}


def test_output_without_a_rate_is_not_free() -> None:
    assert lines(price("0.13"), Usage(input=10, output=10)) == {"input": (10, 1_300), "output": (10, 1_300)}


def test_a_price_for_calls_alone_bills_no_tokens() -> None:
    assert lines(Price(per_call=each("0.03")), EVERYTHING) == {"calls": (1, 30_000_000)}
    assert lines(Price(per_call=each("0.03")), EVERYTHING, units=Units(calls=0)) == {}


def test_free_is_free() -> None:
    assert lines(Price(), EVERYTHING) == {}
    assert set(lines(price("0", "0"), EVERYTHING).values()) >= {(650, 0), (150, 0)}


def test_seconds_are_counted_in_milliseconds() -> None:
    assert lines(Price(per_second=each("0.0001")), Usage(), units=Units(milliseconds=2_500)) == {"seconds": (2_500, 250_000)}


def test_images_are_billed_by_size_and_quality() -> None:
    sizes = (ImageRate(each("0.04"), "1024x1024"), ImageRate(each("0.08"), "1024x1024", "hd"), ImageRate(each("0.02")))
    made = Units(images=(Images(2, "1024x1024"), Images(1, "1024x1024", "hd"), Images(1, "512x512")))
    found = bill(Price(images=sizes), Usage(), at=NOON, units=made)
    assert [(line.quantity, line.amount_nano) for line in found.lines] == [(2, 80_000_000), (1, 80_000_000), (1, 20_000_000)]


def test_an_image_of_a_size_that_nobody_priced_costs_what_the_dearest_does() -> None:
    sizes = (ImageRate(each("0.04"), "1024x1024"), ImageRate(each("0.08"), "2048x2048"))
    assert lines(Price(images=sizes), Usage(), units=Units(images=(Images(1, "4096x4096"),))) == {"images": (1, 80_000_000)}


def test_tools_are_billed_by_the_use() -> None:
    tools = {"web_search": each("0.01"), "file_search": each("0.0025")}
    used = Units(tools={"file_search": 2, "unpriced": 9})
    assert lines(price("1", "1", tools=tools), Usage(input=1, web_searches=3), units=used) == {
        "input": (1, 1_000),
        "tool:web_search": (3, 30_000_000),
        "tool:file_search": (2, 5_000_000),
    }


@pytest.mark.parametrize(
    ("own", "group", "expected"),
    [("1", "1", 2_000), ("1.5", "1", 3_000), ("1", "0.8", 1_600), ("1.5", "0.8", 2_400), ("0", "7", 0)],
)
def test_ratios_multiply(own: str, group: str, expected: int) -> None:
    found = bill(price("2", "2", ratio=Fraction(own)), Usage(input=1), at=NOON, group_ratio=Fraction(group))
    assert found.total_nano == expected
    assert found.lines[0].ratio == Fraction(own) * Fraction(group)


@pytest.mark.parametrize(
    ("millionths", "ratio", "expected"),
    [
        (499_999, "1", 0),
        (500_000, "1", 1),
        (1_499_999, "1", 1),
        (1_500_000, "1", 2),
        (1, "1/2", 0),
        (1_000_000, "1/2", 1),
        (1_000_000, "0.499999999999", 0),
        (2_500_000, "1/3", 1),
    ],
)
def test_a_line_is_rounded_half_up(millionths: int, ratio: str, expected: int) -> None:
    assert amount(millionths, Fraction(ratio)) == expected


def test_a_bill_beyond_what_a_database_holds_is_refused() -> None:
    with pytest.raises(OverflowError):
        bill(price("9000000000"), Usage(input=2_000_000), at=NOON)
