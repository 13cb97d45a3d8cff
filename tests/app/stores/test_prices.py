"""The prices in force: the operator's on top of the list that the database holds."""

import uuid
from fractions import Fraction
from typing import Any

import pytest

from app.db.engine import Engine
from app.db.prices import Price, price_list, replace_price_list
from app.prices.shipped import packaged
from app.secrets import Secrets
from app.stores.catalogs import read_catalog
from app.stores.prices import read_prices
from pipeline.pricing import price as pricing
from tests.app.rows import add_channel, add_group
from tests.pipeline.pricing.prices import price, rates, usd

LIST = """{"version": "1", "prices": [
{"model": "gpt-5", "input": 1, "source": "a page"},
{"model": "old", "input": 1.5, "source": "x"}
]}"""


async def add_price(model: str, **columns: Any) -> None:
    await Price.insert(Price(id=uuid.uuid4(), model=model, **columns))


async def test_a_new_database_has_the_list_of_its_version(database: Engine) -> None:
    assert await price_list() == packaged()
    found = (await read_prices()).find("gpt-4o")
    assert found
    assert found.price.rates.input == usd("2.5")


async def test_the_operators_price_is_on_top_of_the_list_in_force(database: Engine) -> None:
    await replace_price_list("1", LIST)
    await add_price("gpt-5", input=usd("7"), tiers=[{"above": 5, "input": usd("9")}])
    await add_price("gpt-5", input=usd("8"), channel="main")
    book = await read_prices()
    assert [(entry.model, entry.origin) for entry in book] == [
        ("gpt-5", "operator"),
        ("gpt-5", "operator"),
        ("gpt-5", "shipped: a page"),
        ("old", "shipped: x"),
    ]
    everywhere, in_main = book.find("gpt-5", "openai", "other"), book.find("gpt-5", "openai", "main")
    assert everywhere
    assert in_main
    assert everywhere.price == price("7", tiers=(pricing.Tier(5, pricing.Rates(input=usd("9"))),))
    assert in_main.price == price("8")
    assert book.find("gpt-4o") is None


async def test_a_row_that_is_no_price_is_left_out(database: Engine, caplog: pytest.LogCaptureFixture) -> None:
    await add_price("odd", output=1, vendor="openai")
    await add_price("odder", input=1, hours=[{"start": "00:00", "end": "01:00", "zone": "Mars"}])
    await add_price("even", input=1)
    assert [entry.model for entry in await read_prices() if entry.origin == "operator"] == ["even"]
    assert "the price 'odd at openai' is not used until it is declared again: a price for tokens needs one" in caplog.text
    assert "the price 'odder' is not used" in caplog.text


async def test_groups_have_ratios_and_a_price_for_the_unpriced(database: Engine, secrets: Secrets) -> None:
    await add_channel(secrets, "main", vendor="openai")
    await add_group("default", ratios={"vip": "0.5"})
    await add_group("vip", ratio="0.8", unpriced={"input": usd("1"), "output": usd("2")})
    await add_group("open", unpriced={})
    catalog = await read_catalog(secrets)
    (channel,) = catalog.channels
    pairs = [("default", "default"), ("default", "vip"), ("vip", "vip"), ("vip", "default"), ("nobody", "nowhere")]
    assert [catalog.ratio(*pair) for pair in pairs] == [1, Fraction(1, 2), Fraction(4, 5), 1, 1]
    found = {group: catalog.price("unheard-of", group, channel) for group in ("default", "vip", "open", "nowhere")}
    assert found == {"default": None, "vip": price("1", "2"), "open": pricing.Price(), "nowhere": None}
    listed = catalog.price("gpt-4o", "open", channel)
    assert listed
    assert listed.rates == rates(input="2.5", output="10", cache_read="1.25")
