"""`aihub prices …`."""

import asyncio
from typing import Any

import click

from app.cli.output import print_json, print_table
from app.cli.settings import WrongInput, database, with_settings
from app.config.problems import suggest
from app.config.settings import Settings
from app.db.channels import Channel
from app.db.prices import price_list, replace_price_list
from app.db.state import bump, lock
from app.prices.shipped import listed, packaged
from app.prices.words import differences, entry_words
from app.stores.prices import read_prices
from pipeline.pricing.book import OPERATOR, PriceBook

COLUMNS = ("model", "vendor", "channel", "input", "output", "cache_read", "cache_write", "per_call", "origin")


@click.group()
def prices() -> None:
    """Look at the prices in force, and take over newer ones.

    Your own prices are declared with `aihub apply`, and are always on top of the list.
    """


@prices.command("list")
@click.option("--json", "as_json", is_flag=True, help="Everything that each price says, as JSON.")
@with_settings
def list_prices(settings: Settings, *, as_json: bool) -> None:
    """List the prices in force, your own first: USD per million tokens, or per call."""
    rows = [entry_words(entry) for entry in asyncio.run(_book(settings))]
    if as_json:
        print_json(rows)
    else:
        print_table([dict.fromkeys(COLUMNS) | row for row in rows], COLUMNS)


@prices.command()
@click.argument("model")
@click.option("--vendor", help="What it costs at this vendor.")
@click.option("--channel", help="What it costs in the channel of this name.")
@click.option("--json", "as_json", is_flag=True, help="As JSON: money is decimal USD in text.")
@with_settings
def show(settings: Settings, model: str, vendor: str | None, channel: str | None, *, as_json: bool) -> None:
    """Show the price of MODEL, and where it comes from. Exit code 1 if it has none."""
    entry = asyncio.run(_find(settings, model, vendor, channel))
    if as_json:
        print_json(entry)
        return
    for word, value in entry.items():
        click.echo(f"{word}: {_in_line(value)}")


@prices.command()
@click.option("--apply/--dry-run", "apply", default=False, help="Take the list over; without it, only show what would change.")
@with_settings
def sync(settings: Settings, *, apply: bool) -> None:
    """Show how the list of this version differs from the one in force; with `--apply`, put it in force."""
    for line in asyncio.run(_sync(settings, apply=apply)):
        click.echo(line)


def _in_line(value: Any) -> str:
    """Lists and mappings as people read them."""
    if isinstance(value, list):
        return "; ".join(map(_in_line, value)) if value and isinstance(value[0], dict) else ",".join(value)
    return ", ".join(f"{word} {_in_line(inner)}" for word, inner in value.items()) if isinstance(value, dict) else str(value)


async def _book(settings: Settings) -> PriceBook:
    async with database(settings):
        return await read_prices()


async def _find(settings: Settings, model: str, vendor: str | None, channel: str | None) -> dict[str, Any]:
    async with database(settings):
        book = await read_prices()
        channels = {row["name"]: row["vendor"] for row in await Channel.select(Channel.name, Channel.vendor)}
    if channel is not None and channel not in channels:
        raise WrongInput(f"there is no channel {channel!r}{suggest(channel, channels)}")
    entry = book.find(model, vendor or channels.get(channel or ""), channel)
    if entry is None:
        names = {known.model for known in book}
        raise click.ClickException(f"the model {model!r} has no price{suggest(model, names)}")
    return {"asked": model, **entry_words(entry)}


async def _sync(settings: Settings, *, apply: bool) -> list[str]:
    version, text = packaged()
    said = f"the list {version} is in force"
    lines: list[str] = []
    async with database(settings) as (engine, _), engine.transaction():
        await lock()
        before = await price_list()
        if before and before != (version, text):
            own = {(entry.model, entry.vendor) for entry in await read_prices() if entry.origin == OPERATOR}
            found = differences(listed(before[1]), listed(text))
            lines = [f"{line} (your own price is on top)" if key in own else line for key, line in found]
            if apply:
                await replace_price_list(version, text)
                await bump()
            else:
                said = f"the list {before[0]} stays in force until `aihub prices sync --apply`"
    return [*lines, f"{len(lines)} prices differ: {said}" if lines else said]
