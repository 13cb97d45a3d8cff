"""`aihub channel …`."""

import asyncio
from dataclasses import asdict
from typing import Any

import click

from app.channel_check import KeyResult, check_channel
from app.cli.output import print_json, print_table
from app.cli.settings import WrongInput, database, with_settings
from app.config.problems import suggest
from app.config.settings import Settings
from app.db.channels import Channel
from app.state.snapshot import take_snapshot
from app.state.words import channel_words
from app.stores.catalogs import read_catalog
from app.wiring import timeouts_of
from pipeline.patterns import Patterns
from providers import registry
from providers.upstream import HttpUpstream

COLUMNS = ("name", "vendor", "enabled", "models", "groups", "priority", "weight", "base_url")


@click.group()
def channel() -> None:
    """Look at the channels, and try them. They are declared with `aihub apply`."""


@channel.command("list")
@click.option("--json", "as_json", is_flag=True, help="Everything but secrets, as JSON.")
@with_settings
def list_channels(settings: Settings, *, as_json: bool) -> None:
    """List the channels by name."""
    channels = asyncio.run(_channels(settings))
    if as_json:
        print_json(channels)
    else:
        print_table(channels, COLUMNS)


async def _channels(settings: Settings) -> list[dict[str, Any]]:
    async with database(settings):
        snapshot = await take_snapshot()
    rows = sorted(snapshot.channels.items())
    return [channel_words(row, snapshot.keys.get(row["id"], [])) for _, row in rows]


@channel.command("test")
@click.argument("name")
@click.option("--model", help="The model to ask; default: the channel's `test_model`, or the first it lists.")
@click.option("--json", "as_json", is_flag=True, help="The results as JSON.")
@with_settings
def test_channel(settings: Settings, name: str, model: str | None, *, as_json: bool) -> None:
    """Ask the channel NAME a real question with each of its keys. Exit code 1 if one of them fails."""
    results = asyncio.run(_test(settings, name, model))
    if as_json:
        print_json([asdict(result) for result in results])
    else:
        print_table([_row(result) for result in results], ("key", "result", "status", "time", "tokens", "detail"))
    if not results or not all(result.ok for result in results):
        raise SystemExit(1)


async def _test(settings: Settings, name: str, model: str | None) -> list[KeyResult]:
    async with database(settings) as (_, secrets):
        catalog = await read_catalog(secrets)
        test_model = await Channel.select(Channel.test_model).where(Channel.name == name).first()
    found = {each.name: each for each in catalog.channels}.get(name)
    if found is None:
        raise WrongInput(f"there is no channel {name!r}{suggest(name, [each.name for each in catalog.channels])}")
    asked = model or (test_model or {}).get("test_model") or _first(found.models, registry.get(found.vendor).models)
    if asked is None:
        raise WrongInput(f"the channel {name!r} lists only wildcards: say which model with --model")
    if asked not in found.models:
        raise WrongInput(f"the channel {name!r} does not list the model {asked!r}, but {', '.join(found.models)}")
    if not found.keys:
        raise WrongInput(f"the channel {name!r} has no key: declare some with `aihub apply`")
    upstream = HttpUpstream(timeouts_of(settings))
    try:
        return await check_channel(found, asked, upstream)
    finally:
        await upstream.close()


def _first(models: Patterns, listed: tuple[str, ...]) -> str | None:
    return next(iter(sorted(models.exact)), next((model for model in listed if model in models), None))


def _row(result: KeyResult) -> dict[str, Any]:
    tokens = f"{result.usage.input}+{result.usage.output}" if result.usage is not None else None
    outcome = "ok" if result.ok else "failed"
    time = f"{result.seconds:.2f} s"
    return {**asdict(result), "result": outcome, "time": time, "tokens": tokens}
