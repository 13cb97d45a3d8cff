"""A price's words become the price that the pipeline bills with."""

import datetime as dt
from fractions import Fraction
from typing import Any

import pytest

from app.prices.stored import price_of
from app.state.prices import FallbackSpec, PriceSpec, Unpriced, unpriced_column
from pipeline.pricing.price import Hours, ImageRate, Price, Tier
from tests.pipeline.pricing.prices import each, price, rates


def declared(**words: Any) -> Price:
    spec = PriceSpec(model="m", **words)
    assert price_of(spec.columns()) == spec.price()
    return spec.price()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"input": 2.5, "output": "10"}, price("2.5", "10")),
        ({"input": 0, "cache_write_1h": 0.000000001}, price("0", cache_write_1h="0.000000001")),
        ({"per_call": 0.03}, Price(per_call=each("0.03"))),
        ({"per_second": "0.00001111"}, Price(per_second=each("0.00001111"))),
        ({"input": 1, "ratio": 1.5}, price("1", ratio=Fraction(3, 2))),
        ({"input": 1, "tools": {"web_search": 0.01}}, price("1", tools={"web_search": each("0.01")})),
    ],
)
def test_plain_words(words: dict[str, Any], expected: Price) -> None:
    assert declared(**words) == expected


def test_images_by_size_and_quality() -> None:
    found = declared(images=({"price": 0.08, "size": "1024x1024", "quality": "hd"}, {"price": 0.04}))
    assert found.images == (ImageRate(each("0.08"), "1024x1024", "hd"), ImageRate(each("0.04")))


def test_tiers_and_hours() -> None:
    found = declared(
        input=2,
        tiers=({"above": 200_000, "input": 4},),
        hours=({"start": "22:30", "end": "24:00", "zone": "Asia/Shanghai", "days": ("mon", "sun"), "ratio": 0.5, "output": 3},),
    )
    assert found.tiers == (Tier(200_000, rates(input="4")),)
    (window,) = found.hours
    assert (window.start, window.end, str(window.zone), window.days) == (1350, 1440, "Asia/Shanghai", {0, 6})
    assert (window.ratio, window.rates) == (Fraction(1, 2), rates(output="3"))


def test_hours_are_every_day_in_utc_unless_they_say_otherwise() -> None:
    (window,) = declared(input=2, hours=({"start": "01:00", "end": "04:00"},)).hours
    assert window.holds(dt.datetime(2026, 11, 22, 1, tzinfo=dt.UTC))
    assert (window.days, window.ratio) == (Hours(0, 1).days, 1)


def test_new_apis_ratios() -> None:
    found = declared(new_api={"model_ratio": 1.25, "completion_ratio": 4, "cache_ratio": 0.1})
    assert found == price("2.5", "10", cache_read="0.25", cache_write="3.125", cache_write_1h="5", image_input="2.5")
    assert declared(new_api={"model_price": 0.02}) == Price(per_call=each("0.02"))


@pytest.mark.parametrize(
    ("word", "column"),
    [("refuse", None), ("free", {}), (FallbackSpec(input=1, output="2"), {"input": 10**9, "output": 2 * 10**9})],
)
def test_what_a_model_without_a_price_costs(word: Unpriced, column: dict[str, int] | None) -> None:
    assert unpriced_column(word) == column
