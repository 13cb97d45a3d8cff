"""Prices and moments for the tests of pricing, in dollars."""

import datetime as dt
from decimal import Decimal
from typing import Any

from pipeline.pricing.price import Price, Rates

NOON = dt.datetime(2026, 11, 18, 12, 0, tzinfo=dt.UTC)
"""A Wednesday."""


def usd(text: str) -> int:
    """USD as nano-dollars; of a per-unit amount, take `each`."""
    return int(Decimal(text).scaleb(9))


def each(text: str) -> int:
    """USD a call, an image, a second, as a rate: nano-dollars per million of them."""
    return int(Decimal(text).scaleb(15))


def rates(**dollars: str) -> Rates:
    """USD per million tokens."""
    return Rates(**{kind: usd(text) for kind, text in dollars.items()})


def price(input: str | None = None, output: str | None = None, **more: Any) -> Price:  # noqa: A002  # the kind's name
    """USD per million tokens for the kinds of tokens that are told; any other argument is the price's own."""
    told = {"input": input, "output": output}
    told |= {kind: more.pop(kind) for kind in list(more) if kind in Rates.__dataclass_fields__}
    return Price(rates(**{kind: text for kind, text in told.items() if text is not None}), **more)
