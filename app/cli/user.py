"""`aihub user …`."""

import asyncio
from uuid import UUID

import click

from app.cli.output import cell, print_json, print_table
from app.cli.settings import WrongInput, database, with_settings
from app.config.problems import suggest
from app.config.settings import Settings
from app.db.users import User
from app.state.snapshot import Row, Snapshot, take_snapshot
from app.state.values import nano_to_usd, signed_usd_to_nano
from app.state.words import token_words, user_words
from app.stores.ledger.credit import Credited, Refused
from app.stores.ledger.credit import credit as give

COLUMNS = ("username", "role", "group", "enabled", "balance_usd", "used_usd", "requests")


def _nano(_context: click.Context, _parameter: click.Parameter, value: str) -> int:
    try:
        amount = signed_usd_to_nano(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    if amount == 0:
        raise click.BadParameter("nothing can be booked as well")
    return amount


@click.group()
def user() -> None:
    """Look at the users, and give them credit. They are declared with `aihub apply`."""


@user.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@with_settings
def list_users(settings: Settings, *, as_json: bool) -> None:
    """List the users by name."""
    snapshot = asyncio.run(_snapshot(settings))
    users = [user_words(row) for _, row in sorted(snapshot.users.items())]
    if as_json:
        print_json(users)
    else:
        print_table(users, COLUMNS)


@user.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="As JSON: money is decimal USD in text.")
@with_settings
def show(settings: Settings, name: str, *, as_json: bool) -> None:
    """Show the user NAME.

    Balance, what is held for calls under way, what was spent, and the tokens.
    """
    snapshot = asyncio.run(_snapshot(settings))
    if name not in snapshot.users:
        raise WrongInput(f"there is no user {name!r}{suggest(name, snapshot.users)}")
    row = snapshot.users[name]
    tokens = _tokens(snapshot, row)
    words = user_words(row) | {"tokens": [token_words(token, name) for token in tokens]}
    if as_json:
        print_json(words)
        return
    for word, value in words.items():
        click.echo(f"{word}: {cell([token['name'] for token in tokens] if word == 'tokens' else value)}")


@user.command(context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("amount", callback=_nano, metavar="USD")
@click.option("--note", default="", help="What it is for; kept in the ledger and in the log.")
@click.option("--key", help="Names this credit: told again with the same key, it is not booked again.")
@with_settings
def credit(settings: Settings, name: str, amount: int, note: str, key: str | None) -> None:
    """Give the user NAME credit: so many US dollars, such as 25 or 0.5.

    A negative amount takes back, as far as no call under way holds it. Prints the new balance.
    """
    made = asyncio.run(_credit(settings, name, amount, note, key))
    click.echo(f"{name}: the balance is {nano_to_usd(made.balance_nano)} USD" + (", booked before" if made.before else ""))


async def _credit(settings: Settings, name: str, amount: int, note: str, key: str | None) -> Credited:
    async with database(settings) as (engine, _):
        try:
            return await give(engine, await user_id(name), name, amount, key=key, note=note)
        except Refused as refused:
            raise WrongInput(str(refused)) from None


async def user_id(name: str) -> UUID:
    """Raises `WrongInput` for a name that nobody has."""
    users = {row["username"]: row["id"] for row in await User.select(User.id, User.username)}
    if name not in users:
        raise WrongInput(f"there is no user {name!r}{suggest(name, users)}")
    found: UUID = users[name]
    return found


async def _snapshot(settings: Settings) -> Snapshot:
    async with database(settings):
        return await take_snapshot()


def _tokens(snapshot: Snapshot, user: Row) -> list[Row]:
    return [row for _, row in sorted(snapshot.tokens.items()) if row["user"] == user["id"]]
