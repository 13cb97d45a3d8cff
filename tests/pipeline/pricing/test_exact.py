"""Random prices, ratios and tokens against exact fractions. `AIHUB_PRICE_SAMPLES=1000000` is the long run."""

import os
import random
from fractions import Fraction

import pytest

from pipeline.pricing.bill import Units, bill
from pipeline.pricing.price import FALLBACK, KINDS, Hours, Price, Rates, Tier
from pipeline.usage import Usage
from tests.pipeline.pricing.prices import NOON

SAMPLES = int(os.environ.get("AIHUB_PRICE_SAMPLES", "20000"))
MILLION = 1_000_000


def half_up(value: Fraction) -> int:
    return int((value + Fraction(1, 2)) // 1)


def a_usage(dice: random.Random) -> Usage:
    """Parts within their totals, often none, sometimes all."""
    whole = [int(10 ** dice.uniform(0, 7)) for _ in range(2)]
    left = list(whole)

    def part(side: int) -> int:
        taken = dice.choice((0, left[side], dice.randint(0, left[side])))
        left[side] -= taken
        return taken

    written = part(0)
    return Usage(
        input=whole[0],
        output=whole[1],
        cache_write=written,
        cache_write_1h=dice.randint(0, written),
        cache_read=part(0),
        audio_input=part(0),
        image_input=part(0),
        reasoning=part(1),
        audio_output=part(1),
        image_output=part(1),
        web_searches=dice.choice((0, 0, 3)),
    )


def some_rates(dice: random.Random, *needed: str) -> dict[str, int]:
    return {kind: int(10 ** dice.uniform(0, 13)) for kind in KINDS if kind in needed or dice.random() < 0.5}


def a_ratio(dice: random.Random) -> Fraction:
    digits = dice.randint(0, 12)
    return dice.choice((Fraction(1), Fraction(dice.randint(0, 10 ** (digits + 1)), 10**digits)))


def expected(usage: Usage, rates: dict[str, int], ratio: Fraction) -> dict[str, int]:
    """By the words of the operator's page, in fractions, without a line of the code under test."""
    tokens = {kind: getattr(usage, kind) for kind in KINDS}
    for part in ("cache_read", "cache_write", "audio_input", "image_input"):
        tokens["input"] -= tokens[part]
    for part in ("reasoning", "audio_output", "image_output"):
        tokens["output"] -= tokens[part]
    tokens["cache_write"] -= tokens["cache_write_1h"]
    amounts = {}
    for kind, count in tokens.items():
        priced = kind
        while priced not in rates:
            priced = FALLBACK[priced]
        if count:
            amounts[kind] = half_up(Fraction(count * rates[priced], MILLION) * ratio)
    return amounts


@pytest.mark.timeout(120 + SAMPLES // 500)
def test_every_line_is_the_exact_amount_rounded_once() -> None:
    dice = random.Random(20261122)
    for sample in range(SAMPLES):
        usage, base, tier, hour = a_usage(dice), some_rates(dice, "input"), some_rates(dice), some_rates(dice)
        above, own, group, by_hour = dice.randint(0, 10**7), a_ratio(dice), a_ratio(dice), a_ratio(dice)
        minute = dice.randint(0, 1439)
        window = Hours(minute, dice.randint(minute + 1, 1440), rates=Rates(**hour), ratio=by_hour)
        search, call = dice.randint(0, 10**14), dice.randint(0, 10**14)
        price = Price(
            Rates(**base),
            per_call=call,
            tools={"web_search": search},
            tiers=(Tier(above, Rates(**tier)),),
            hours=(window,),
            ratio=own,
        )
        made = bill(price, usage, at=NOON, group_ratio=group, units=Units())

        rates, ratio = dict(base), own * group
        if usage.input > above:
            rates |= tier
        if window.start <= 12 * 60 < window.end:
            rates |= hour
            ratio *= by_hour
        amounts = expected(usage, rates, ratio) | {"calls": half_up(Fraction(call, MILLION) * ratio)}
        if usage.web_searches:
            amounts["tool:web_search"] = half_up(Fraction(usage.web_searches * search, MILLION) * ratio)
        assert {line.kind: line.amount_nano for line in made.lines} == amounts, sample
        assert made.total_nano == sum(amounts.values()), sample
