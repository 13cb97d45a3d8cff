"""Which rates of a price are in force: context tiers, hours, fallbacks; and what is no price."""

import datetime as dt
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.pricing.price import FALLBACK, KINDS, Hours, ImageRate, Price, Rates, Tier
from tests.pipeline.pricing.prices import NOON, price, rates, usd

TIERED = price(
    "2",
    "12",
    cache_read="0.2",
    tiers=(Tier(200_000, rates(input="4", output="18")), Tier(500_000, rates(input="8", output="36", cache_read="0.8"))),
)
WORKDAYS = frozenset(range(5))


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (0, ("2", "12", "0.2")),
        (200_000, ("2", "12", "0.2")),
        (200_001, ("4", "18", "0.2")),
        (500_001, ("8", "36", "0.8")),
    ],
)
def test_a_tier_begins_above_its_number_and_keeps_what_it_does_not_tell(tokens: int, expected: tuple[str, ...]) -> None:
    found, _ = TIERED.in_force(tokens, NOON)
    assert (found.input, found.output, found.cache_read) == tuple(map(usd, expected))


def test_a_tier_may_be_declared_in_any_order() -> None:
    turned = Price(TIERED.rates, tiers=TIERED.tiers[::-1])
    assert turned.in_force(600_000, NOON) == TIERED.in_force(600_000, NOON)


@pytest.mark.parametrize(
    ("window", "at", "holds"),
    [
        (Hours(60, 240), "2026-11-18T00:59:59+00:00", False),
        (Hours(60, 240), "2026-11-18T01:00:00+00:00", True),
        (Hours(60, 240), "2026-11-18T03:59:59+00:00", True),
        (Hours(60, 240), "2026-11-18T04:00:00+00:00", False),
        (Hours(60, 240), "2026-11-18T09:30:00+08:00", True),
        (Hours(60, 240, days=WORKDAYS), "2026-11-21T02:00:00+00:00", False),
        (Hours(1320, 360), "2026-11-18T23:00:00+00:00", True),
        (Hours(1320, 360), "2026-11-18T05:59:00+00:00", True),
        (Hours(1320, 360), "2026-11-18T06:00:00+00:00", False),
        (Hours(1320, 360, days=WORKDAYS), "2026-11-21T05:00:00+00:00", True),
        (Hours(1320, 360, days=WORKDAYS), "2026-11-21T23:00:00+00:00", False),
        (Hours(1320, 360, days=WORKDAYS), "2026-11-23T05:00:00+00:00", False),
        (Hours(0, 0), "2026-11-18T17:00:00+00:00", True),
        (Hours(540, 600, ZoneInfo("Europe/Berlin")), "2026-07-01T07:30:00+00:00", True),
        (Hours(540, 600, ZoneInfo("Europe/Berlin")), "2026-12-01T07:30:00+00:00", False),
        (Hours(540, 600, ZoneInfo("Europe/Berlin")), "2026-12-01T08:30:00+00:00", True),
    ],
)
def test_hours_hold_in_their_own_zone(window: Hours, at: str, *, holds: bool) -> None:
    assert window.holds(dt.datetime.fromisoformat(at)) is holds


def test_hours_are_on_top_of_tiers() -> None:
    off_peak = Hours(0, 720, rates=rates(output="6"), ratio=Fraction(1, 2))
    both = Price(TIERED.rates, tiers=TIERED.tiers, hours=(off_peak,))
    found, ratio = both.in_force(300_000, NOON.replace(hour=3))
    assert (found.input, found.output, found.cache_read, ratio) == (usd("4"), usd("6"), usd("0.2"), Fraction(1, 2))
    assert both.in_force(300_000, NOON) == TIERED.in_force(300_000, NOON)


def test_of_hours_the_first_that_holds_wins() -> None:
    halved = Price(rates(input="1"), hours=(Hours(0, 0, ratio=Fraction(1, 2)), Hours(0, 0, ratio=Fraction(1, 3))))
    assert halved.in_force(1, NOON)[1] == Fraction(1, 2)


def test_every_kind_but_input_has_something_to_fall_back_to() -> None:
    assert set(FALLBACK) == set(KINDS) - {"input"}
    assert rates(input="3").filled() == Rates(*[usd("3")] * len(KINDS))


@pytest.mark.parametrize(
    "wrong",
    [
        {"rates": Rates(output=1)},
        {"rates": Rates(), "tiers": (Tier(1, Rates(input=1)),)},
        {"rates": Rates(input=-1)},
        {"per_call": -1},
        {"per_second": -1},
        {"tools": {"web_search": -1}},
        {"images": (ImageRate(-1),)},
        {"ratio": Fraction(-1)},
        {"hours": (Hours(0, 1, ratio=Fraction(-1)),)},
        {"rates": Rates(input=1), "tiers": (Tier(1, Rates(output=-1)),)},
    ],
)
def test_what_would_give_money_away_is_no_price(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="price"):
        Price(**wrong)
