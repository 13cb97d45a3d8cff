"""`aihub log …`."""

import asyncio
import datetime as dt
import re
from typing import Any
from uuid import UUID

import click

from app.cli.options import page_options
from app.cli.output import print_json, print_page, print_table
from app.cli.settings import WrongInput, database, with_settings
from app.config.settings import Settings
from app.state.values import expiry
from app.stores.log.reading import BY, entries, of_request, stats
from app.stores.page import Page
from pipeline.record import TYPES

COLUMNS = ("created_at", "type", "user", "token", "model", "channel", "status", "amount_usd", "request_id", "content")
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


def _since(_context: click.Context, _parameter: click.Parameter, value: str | None) -> dt.datetime | None:
    if value is None:
        return None
    if ago := re.fullmatch(r"(\d{1,5})([mhd])", value):
        return dt.datetime.now(dt.UTC) - dt.timedelta(**{UNITS[ago[2]]: int(ago[1])})
    try:
        return expiry(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}, or how long ago: 30m, 24h, 7d") from None


@click.group()
def log() -> None:
    """Look into the log: what was paid, what failed, what was changed."""


@log.command("list")
@click.option("--type", type=click.Choice(TYPES), help="Of this type only.")
@click.option("--user", metavar="NAME", help="Of this user only.")
@click.option("--token", metavar="NAME", help="Of this token only.")
@click.option("--channel", metavar="NAME", help="Of this channel only.")
@click.option("--model", metavar="NAME", help="Of calls that asked for this model only.")
@click.option("--since", callback=_since, metavar="TIME", help="2027-01-31, 2027-01-31T12:00:00Z, or how long ago: 30m, 24h, 7d.")
@page_options
@with_settings
def list_entries(settings: Settings, /, *, as_json: bool, **options: Any) -> None:
    """List the log's rows, the newest first."""
    print_page(asyncio.run(_entries(settings, **options)), COLUMNS, as_json=as_json)


@log.command()
@click.argument("request_id")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_settings
def show(settings: Settings, request_id: str, *, as_json: bool) -> None:
    """Show everything that the log has of one request.

    REQUEST_ID is what the caller got as `x-request-id`.
    """
    rows = asyncio.run(_of_request(settings, request_id))
    if not rows:
        raise WrongInput(f"the log has nothing of the request {request_id!r}")
    if as_json:
        print_json(rows)
        return
    for row in rows:
        for word, value in row.items():
            if value not in ("", None, {}):
                click.echo(f"{word}: {value}")


@log.command("stats")
@click.option("--by", type=click.Choice(list(BY)), default="user", show_default=True, help="What to sum up by.")
@click.option("--since", callback=_since, default="24h", show_default=True, metavar="TIME", help="From that hour on.")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_settings
def show_stats(settings: Settings, by: str, since: dt.datetime, *, as_json: bool) -> None:
    """Sum up what was consumed.

    From the sums by the hour, which stay when the log's rows are deleted.
    """
    rows = asyncio.run(_stats(settings, by, since))
    if as_json:
        print_json(rows)
    else:
        print_table(rows, (by, "requests", "input_tokens", "output_tokens", "amount_usd", "cost_usd"))


async def _entries(settings: Settings, *, since: dt.datetime | None, limit: int, after: UUID | None, **names: str | None) -> Page:
    async with database(settings):
        return await entries({name: value for name, value in names.items() if value is not None}, since, limit, after)


async def _of_request(settings: Settings, request_id: str) -> list[dict[str, Any]]:
    async with database(settings):
        return await of_request(request_id)


async def _stats(settings: Settings, by: str, since: dt.datetime) -> list[dict[str, Any]]:
    async with database(settings):
        return await stats(by, since)
