"""Which price a model has: the table of who wins."""

import pytest

from pipeline.pricing.book import REMEMBERED, Entry, PriceBook
from tests.pipeline.pricing.prices import price

SHIPPED = PriceBook(
    [
        Entry("gpt-5", price("1"), origin="shipped"),
        Entry("gpt-5", price("2"), vendor="azure", origin="shipped"),
        Entry("gpt-*", price("3"), origin="shipped"),
    ]
)
BOOK = PriceBook(
    [
        Entry("claude", price("10")),
        Entry("claude*", price("11")),
        Entry("claude-sonnet*", price("12")),
        Entry("claude*", price("13"), vendor="bedrock"),
        Entry("claude", price("14"), channel="cheap"),
        Entry("*", price("15"), channel="cheap", vendor="bedrock"),
        Entry("gpt-5", price("16"), vendor="relay"),
        Entry("odd[1]*", price("17")),
        Entry("gemini-?", price("18")),
    ],
    below=SHIPPED,
)


@pytest.mark.parametrize(
    ("model", "vendor", "channel", "dollars"),
    [
        ("claude", None, None, "10"),
        ("claude", "anthropic", "main", "10"),
        ("claude-haiku", None, None, "11"),
        ("claude-sonnet-5", None, None, "12"),
        ("claude-sonnet-5", "bedrock", "main", "13"),
        ("claude", "bedrock", "main", "13"),
        ("claude", "bedrock", "cheap", "14"),
        ("claude-sonnet-5", "bedrock", "cheap", "15"),
        ("anything", "openai", "cheap", "15"),
        ("gpt-5", "relay", "main", "16"),
        ("gpt-5", "openai", "main", "1"),
        ("gpt-5", "azure", "main", "2"),
        ("gpt-4", "azure", "main", "3"),
        ("odd[1]x", None, None, "17"),
        ("odd1x", None, None, None),
        ("gemini-3", None, None, "18"),
        ("gemini-33", None, None, None),
        ("Claude", None, None, None),
    ],
)
def test_the_most_specific_wins(model: str, vendor: str | None, channel: str | None, dollars: str | None) -> None:
    for _ in range(2):
        found = BOOK.find(model, vendor, channel)
        assert (found and found.price) == (dollars and price(dollars))


def test_an_operators_pattern_is_above_a_shipped_name() -> None:
    book = PriceBook([Entry("gpt*", price("9"))], below=SHIPPED)
    assert [entry.origin for entry in book] == ["operator", *["shipped"] * 3]
    found = book.find("gpt-5", "azure")
    assert found
    assert found.origin == "operator"


def test_an_empty_book_knows_no_price() -> None:
    assert PriceBook().find("gpt-5") is None


def test_names_that_callers_invent_do_not_fill_the_memory() -> None:
    book = PriceBook([Entry("m", price("1"))])
    for number in range(2 * REMEMBERED + 1):
        book.find(f"m{number}")
    assert len(book._found) <= REMEMBERED
    assert book.find("m")
