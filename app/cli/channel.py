"""`aihub channel …`."""

import asyncio
from typing import Any

import click

from app.cli.output import print_json, print_table
from app.cli.settings import database, with_settings
from app.config.settings import Settings
from app.state.snapshot import take_snapshot
from app.state.words import channel_words

COLUMNS = ("name", "vendor", "enabled", "models", "groups", "priority", "weight", "base_url")


@click.group()
def channel() -> None:
    """Look at the channels. They are declared with `aihub apply`."""


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
