"""Prices are shown in the words that declare them, and lists are compared by them."""

from typing import Any

import pytest

from app.prices.stored import price_of
from app.prices.words import differences, entry_words
from app.state.prices import PriceSpec
from pipeline.pricing.book import Entry

FULL: dict[str, Any] = {
    "input": "2",
    "output": "10",
    "cache_read": "0.2",
    "per_call": "0.000000000000001",
    "per_second": "0.0001",
    "images": [{"size": "1024x1024", "price": "0.04"}, {"quality": "hd", "price": "0.08"}],
    "tiers": [{"above": 200000, "input": "4"}],
    "hours": [{"start": "22:30", "end": "06:00", "zone": "UTC", "days": ["mon"], "output": "5", "ratio": "0.5"}],
    "tools": {"web_search": "0.01"},
    "ratio": "1.5",
}


@pytest.mark.parametrize("words", [FULL, {"input": "0"}, {"images": [{"price": "1"}]}])
def test_what_was_declared_is_shown(words: dict[str, Any]) -> None:
    made = price_of(PriceSpec.model_validate(words | {"model": "m"}, strict=False).columns())
    shown = entry_words(Entry("m", made, vendor="echo"))
    assert shown == {"model": "m", "vendor": "echo", **words, "origin": "operator"}


def test_lists_differ_by_prices_that_came_went_or_changed() -> None:
    before = {
        ("same", None): {"model": "same", "input": 1, "source": "one"},
        ("gone", "azure"): {"model": "gone", "vendor": "azure", "input": 1, "source": "one"},
        ("changed", None): {"model": "changed", "input": 1, "output": 2, "tools": {"a": 1}, "source": "one"},
    }
    after = {
        ("same", None): {"model": "same", "input": 1, "source": "another"},
        ("changed", None): {"model": "changed", "input": 3, "output": 2, "cache_read": 1, "source": "one"},
        ("new", None): {"model": "new", "input": 5, "output": 6, "source": "one"},
    }
    assert [line for _, line in differences(before, after)] == [
        "~ changed: input 1 -> 3, tools {'a': 1} -> -, cache_read - -> 1",
        "- gone at azure: input 1",
        "+ new: input 5, output 6",
    ]
