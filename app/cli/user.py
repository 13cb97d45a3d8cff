"""`aihub user …`."""

import asyncio

import click

from app.cli.output import cell, print_json, print_table
from app.cli.settings import WrongInput, database, with_settings
from app.config.problems import suggest
from app.config.settings import Settings
from app.state.snapshot import Row, Snapshot, take_snapshot
from app.state.words import token_words, user_words

COLUMNS = ("username", "role", "group", "enabled", "balance_usd", "used_usd", "requests")


@click.group()
def user() -> None:
    """Look at the users. They are declared with `aihub apply`."""


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


async def _snapshot(settings: Settings) -> Snapshot:
    async with database(settings):
        return await take_snapshot()


def _tokens(snapshot: Snapshot, user: Row) -> list[Row]:
    return [row for _, row in sorted(snapshot.tokens.items()) if row["user"] == user["id"]]
