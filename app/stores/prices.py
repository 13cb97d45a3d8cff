"""The prices in force: the operator's rows on top of the shipped list that the database holds."""

import logging
from collections.abc import Iterator, Mapping
from typing import Any

from app.db.prices import Price, price_label, price_list
from app.prices.shipped import shipped_book
from app.prices.stored import price_of
from pipeline.pricing.book import Entry, PriceBook

log = logging.getLogger("aihub.prices")


async def read_prices() -> PriceBook:
    rows = await Price.select().order_by(Price.model).output(load_json=True)
    listed = await price_list()
    return PriceBook(_operators(rows), below=shipped_book(listed[1]) if listed else None)


def _operators(rows: list[dict[str, Any]]) -> Iterator[Entry]:
    """A row that is no price, which only a change by hand can cause, is logged and left out."""
    for row in rows:
        try:
            yield Entry(row["model"], price_of(row), row["vendor"], row["channel"])
        except (ValueError, KeyError, TypeError) as error:
            log.error("the price %r is not used until it is declared again: %s", _label(row), error)


def _label(row: Mapping[str, Any]) -> str:
    return price_label(row["model"], row["vendor"], row["channel"])
