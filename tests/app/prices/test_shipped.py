"""Every price of the shipped list is one that a state file could hold, and is read as it would be there."""

import re
from typing import Any

import msgspec
import pytest

from app.prices.shipped import columns_of, listed, packaged, shipped_book
from app.prices.stored import price_of
from app.state.prices import PriceSpec
from pipeline.catalog import Catalog, Channel
from pipeline.patterns import Patterns
from pipeline.pricing.bill import bill
from pipeline.usage import Usage
from tests.pipeline.pricing.prices import NOON

_, TEXT = packaged()


class Listed(PriceSpec):
    """The list may know vendors that this AiHub does not."""

    vendor: str | None = None
    source: str


def rows() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = msgspec.json.decode(TEXT)["prices"]
    return found


def test_the_quick_reader_reads_what_the_strict_one_does() -> None:
    for words in rows():
        strict = Listed.model_validate_json(msgspec.json.encode(words))
        quick = price_of(columns_of(listed_row(words)))
        assert quick == strict.price(), words


def listed_row(words: dict[str, Any]) -> dict[str, Any]:
    return listed(TEXT)[words["model"], words.get("vendor")]


def test_each_model_is_listed_once_for_a_vendor() -> None:
    assert len(listed(TEXT)) == len(rows()) > 1_000


def test_what_is_free_is_free_at_a_named_vendor_only() -> None:
    book = shipped_book(TEXT)
    for entry in book:
        free = not bill(entry.price, Usage(1_000_000, 1_000_000, web_searches=9), at=NOON).total_nano
        assert not free or entry.vendor or entry.price.images or entry.price.per_second, entry.model


@pytest.mark.parametrize(
    ("model", "vendor", "usd_in", "usd_out"),
    [
        ("gpt-4o", "openai", "2.5", "10"),
        ("gpt-4o", "a-relay", "2.5", "10"),
        ("claude-sonnet-4-5-20250929", "anthropic", "3", "15"),
        ("gemini-2.5-flash", "gemini", "0.3", "2.5"),
        ("grok-4.7", "xai", "2", "6"),
        ("claude-sonnet-5-20310131", "anthropic", "2", "10"),
        ("llama3", "ollama", "0", "0"),
        ("anything", "echo", "0", "0"),
    ],
)
def test_the_list_knows_models_by_name_and_vendor(model: str, vendor: str, usd_in: str, usd_out: str) -> None:
    catalog = Catalog(prices=shipped_book(TEXT))
    channel = Channel("c", "c", vendor, (), Patterns("*"))
    found = catalog.price(model, "default", channel)
    assert found
    assert [found.rates.input, found.rates.output] == [int(float(usd) * 10**9) for usd in (usd_in, usd_out)]


def test_a_model_that_nobody_knows_has_no_price() -> None:
    assert shipped_book(TEXT).find("gpt-99") is None


def test_an_entry_tells_where_it_was_read() -> None:
    found = shipped_book(TEXT).find("gpt-4o")
    assert found
    assert re.fullmatch(r"shipped: (litellm|models\.dev|genai-prices|vendor page) [\d.-]+", found.origin)
