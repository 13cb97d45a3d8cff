"""Prices in the words of the state file, to be shown, and what one list of them has that another has not."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from decimal import Decimal
from fractions import Fraction
from typing import Any

from app.db.prices import price_label
from app.prices.stored import DAYS
from app.state.values import nano_to_usd, plain, rate_to_usd
from pipeline.pricing.book import Entry
from pipeline.pricing.price import ONE, Hours, Price, Rates

Words = dict[str, Any]
Key = tuple[str, str | None]
"""A model and a vendor."""

Listed = Mapping[Key, Words]


def entry_words(entry: Entry) -> Words:
    """Everything that a price says, and who said it; money as decimal USD in text."""
    place = {"model": entry.model, "vendor": entry.vendor, "channel": entry.channel}
    return _told(place) | price_words(entry.price) | {"origin": entry.origin}


def price_words(price: Price) -> Words:
    words = rate_words(price.rates)
    words |= {
        "per_call": None if price.per_call is None else rate_to_usd(price.per_call),
        "per_second": None if price.per_second is None else rate_to_usd(price.per_second),
        "images": [_told({"size": each.size, "quality": each.quality, "price": rate_to_usd(each.rate)}) for each in price.images],
        "tiers": [{"above": tier.above, **rate_words(tier.rates)} for tier in price.tiers],
        "hours": [_hours(window) for window in price.hours],
        "tools": {name: rate_to_usd(rate) for name, rate in price.tools.items()},
        "ratio": None if price.ratio == ONE else ratio_words(price.ratio),
    }
    return {word: value for word, value in words.items() if value not in (None, [], {})}


def rate_words(rates: Rates) -> Words:
    return {kind: nano_to_usd(rate) for kind, rate in asdict(rates).items() if rate is not None}


def ratio_words(ratio: Fraction) -> str:
    """As a decimal, which it was when it was declared."""
    return plain(Decimal(ratio.numerator) / ratio.denominator)


def differences(before: Listed, after: Listed) -> Iterator[tuple[Key, str]]:
    """A line for each price that came, went or changed, in order of their names; the source is no part of a price."""
    for key in sorted(before.keys() | after.keys(), key=lambda key: (key[0], key[1] or "")):
        old, new = (_shown(prices.get(key)) for prices in (before, after))
        name = price_label(*key, None)
        if not old:
            yield key, f"+ {name}: {_listed(new)}"
        elif not new:
            yield key, f"- {name}: {_listed(old)}"
        elif changed := [word for word in {**old, **new} if old.get(word) != new.get(word)]:
            yield key, f"~ {name}: " + ", ".join(f"{word} {old.get(word, '-')} -> {new.get(word, '-')}" for word in changed)


def _shown(words: Words | None) -> Words:
    return {word: value for word, value in (words or {}).items() if word not in ("model", "vendor", "source")}


def _listed(words: Words) -> str:
    return ", ".join(f"{word} {value}" for word, value in words.items())


def _hours(window: Hours) -> Words:
    start, end = (f"{minutes // 60:02}:{minutes % 60:02}" for minutes in (window.start, window.end))
    days = [day for number, day in enumerate(DAYS) if number in window.days]
    words = {"start": start, "end": end, "zone": str(window.zone), "days": days, **rate_words(window.rates)}
    return words if window.ratio == ONE else words | {"ratio": ratio_words(window.ratio)}


def _told(words: Words) -> Words:
    return {word: value for word, value in words.items() if value is not None}
