"""The price list that comes with AiHub: `shipped.json`, a price a line in the state file's words, each with its source."""

from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache, partial
from importlib.resources import files
from typing import Any

import msgspec

from app.prices.stored import price_of
from pipeline.pricing.book import Entry, PriceBook
from pipeline.pricing.price import KINDS, Price

SHIPPED = "shipped"
Words = dict[str, Any]


class PriceFile(msgspec.Struct, frozen=True):
    version: str
    prices: list[msgspec.Raw]


class Head(msgspec.Struct, frozen=True):
    """What tells a price from the others, and where it was read."""

    model: str
    source: str
    vendor: str | None = None


_WORDS = msgspec.json.Decoder(Words, float_hook=Decimal)
_HEAD = msgspec.json.Decoder(Head)


def packaged() -> tuple[str, str]:
    """Version and text of the list in this version of AiHub."""
    text = (files("app.prices") / "shipped.json").read_text()
    return _read(text).version, text


def listed(text: str) -> dict[tuple[str, str | None], Words]:
    """The prices of a list by model and vendor. Numbers with a point are decimals, exactly as they are written."""
    rows = map(_WORDS.decode, _read(text).prices)
    return {(row["model"], row.get("vendor")): row for row in rows}


@lru_cache(maxsize=1)
def shipped_book(text: str) -> PriceBook:
    """Made once for each list that is in force: a server reads its prices again whenever anything changes."""
    return PriceBook(_entries(text))


def _read(text: str) -> PriceFile:
    return msgspec.json.decode(text, type=PriceFile)


def _entries(text: str) -> Iterator[Entry]:
    for raw in _read(text).prices:
        head = _HEAD.decode(raw)
        yield Entry(head.model, partial(_price, raw), head.vendor, origin=f"{SHIPPED}: {head.source}")


def _price(raw: msgspec.Raw) -> Price:
    return price_of(columns_of(_WORDS.decode(raw)))


def columns_of(words: Words) -> Words:
    """What `PriceSpec.columns` gives, without its checks, which a test makes: a price is read while a call waits for it."""
    columns = words | _rates(words)
    columns |= {word: _rate(words[word]) for word in ("per_call", "per_second") if word in words}
    if "images" in words:
        columns["images"] = [
            {"size": None, "quality": None, **image, "price": _rate(image["price"])} for image in words["images"]
        ]
    if "tools" in words:
        columns["tools"] = {tool: _rate(price) for tool, price in words["tools"].items()}
    for word in ("tiers", "hours"):
        if word in words:
            columns[word] = [each | _rates(each) for each in words[word]]
    return columns


def _rates(words: Words) -> dict[str, int]:
    return {kind: int(Decimal(words[kind]).scaleb(9)) for kind in KINDS if kind in words}


def _rate(price: Decimal | int) -> int:
    return int(Decimal(price).scaleb(15))
