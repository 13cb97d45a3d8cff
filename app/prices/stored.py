"""A price as it is stored, which is in the state file's words with money in integers, as the pipeline's `Price`."""

import datetime as dt
from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.pricing.price import KINDS, Hours, ImageRate, Price, Rates, Tier

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def price_of(columns: Mapping[str, Any]) -> Price:
    """Raises `ValueError` for what is no price."""
    return Price(
        rates=_rates(columns),
        per_call=columns.get("per_call"),
        per_second=columns.get("per_second"),
        images=tuple(ImageRate(image["price"], image["size"], image["quality"]) for image in columns.get("images") or ()),
        tools=dict(columns.get("tools") or {}),
        tiers=tuple(Tier(tier["above"], _rates(tier)) for tier in columns.get("tiers") or ()),
        hours=tuple(map(_hours, columns.get("hours") or ())),
        ratio=Fraction(columns.get("ratio", "1")),
    )


def minutes(time: str) -> int:
    """`09:30` since midnight; `24:00` is its end."""
    hour, _, minute = time.partition(":")
    return int(hour) * 60 + int(minute)


def _hours(window: Mapping[str, Any]) -> Hours:
    return Hours(
        start=minutes(window["start"]),
        end=minutes(window["end"]),
        zone=dt.UTC if window.get("zone", "UTC") == "UTC" else ZoneInfo(window["zone"]),
        days=frozenset(map(DAYS.index, window.get("days", DAYS))),
        rates=_rates(window),
        ratio=Fraction(window.get("ratio", "1")),
    )


def _rates(columns: Mapping[str, Any]) -> Rates:
    return Rates(*map(columns.get, KINDS))
