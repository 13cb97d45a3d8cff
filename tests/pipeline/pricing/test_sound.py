"""Whatever a vendor reports, the bill is for something that can be: never a credit, never ruin."""

import math
from typing import Any

import pytest

from pipeline.pricing.bill import bill, quantities
from pipeline.pricing.sound import MOST_TOKENS, Sound, sound
from pipeline.usage import Usage
from tests.pipeline.pricing.prices import NOON, price

ESTIMATE = Usage(input=120, output=30)


def hostile(**fields: Any) -> Usage:
    return Usage(**{"input": 100, "output": 50, **fields})


def test_honest_usage_passes_as_it_is() -> None:
    usage = hostile(cache_read=60, cache_write=40, cache_write_1h=40, reasoning=50, web_searches=2)
    assert sound(usage, ESTIMATE) == Sound(usage)


def test_no_report_is_estimated() -> None:
    assert sound(None, ESTIMATE) == Sound(ESTIMATE, ("absent",), estimated=True)


@pytest.mark.parametrize("value", [-1, -(10**18), 10**18, MOST_TOKENS + 1, math.nan, math.inf, 1.5, "12", None, True])
@pytest.mark.parametrize("total", ["input", "output"])
def test_an_unbelievable_total_gives_way_to_the_estimate(total: str, value: Any) -> None:
    found = sound(hostile(**{total: value}, cache_read=10), ESTIMATE)
    assert getattr(found.usage, total) == getattr(ESTIMATE, total)
    assert found.estimated
    assert found.faults == (f"{total} is no believable count",)


def test_its_parts_go_with_it() -> None:
    assert sound(hostile(input=10**18, cache_read=100), ESTIMATE).usage.cache_read == 0
    assert sound(hostile(output=10**18, cache_read=100), ESTIMATE).usage.cache_read == 100


def test_a_known_context_window_is_the_bound() -> None:
    assert sound(hostile(input=9_000), ESTIMATE, most=8_192).usage.input == 120


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"cache_read": 500}, {"cache_read": 100}),
        ({"cache_read": -5}, {"cache_read": 0}),
        ({"cache_read": math.nan}, {"cache_read": 0}),
        ({"cache_read": "9"}, {"cache_read": 0}),
        ({"cache_read": 80, "cache_write": 80}, {"cache_read": 80, "cache_write": 20}),
        ({"cache_write": 10, "cache_write_1h": 20}, {"cache_write": 10, "cache_write_1h": 10}),
        ({"cache_read": 90, "audio_input": 90}, {"cache_read": 90, "audio_input": 10}),
        ({"reasoning": 51}, {"reasoning": 50}),
        ({"reasoning": 40, "audio_output": 40}, {"reasoning": 40, "audio_output": 10}),
        ({"web_searches": -1}, {"web_searches": 0}),
        ({"web_searches": 10**9}, {"web_searches": 0}),
    ],
)
def test_a_part_is_at_most_what_is_left_for_it(fields: dict[str, Any], expected: dict[str, int]) -> None:
    found = sound(hostile(**fields), ESTIMATE)
    assert {name: getattr(found.usage, name) for name in expected} == expected
    assert found.faults
    assert not found.estimated


VALUES = (-(10**18), -1, 0, 7, 10**18, math.nan, math.inf, -math.inf, "1", None, True, [], 3.0)


@pytest.mark.parametrize("field", Usage.__dataclass_fields__)
@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_no_field_can_hold_anything_that_makes_a_credit(field: str, value: Any) -> None:
    found = sound(hostile(**{field: value}), ESTIMATE).usage
    assert all(type(count) is int and count >= 0 for count in quantities(found))
    made = bill(price("2", "10", tools={"web_search": 10**13}), found, at=NOON)
    assert all(line.amount_nano >= 0 for line in made.lines)
