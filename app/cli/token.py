"""`aihub token …`."""

import asyncio
from itertools import count
from typing import Any

import click

from app.cli.output import print_json, print_table
from app.cli.settings import WrongInput, database, with_settings
from app.config.document import Document
from app.config.problems import ConfigError, suggest
from app.config.settings import Settings
from app.db.state import bump, lock
from app.db.tokens import Token
from app.state.apply import apply
from app.state.changes import Change
from app.state.read import declare
from app.state.snapshot import take_snapshot
from app.state.words import token_words

COLUMNS = ("name", "user", "key_hint", "enabled", "group", "models", "expires_at", "quota_usd", "used_usd")


def _several(_context: click.Context, _parameter: click.Parameter, value: str | None) -> list[str] | None:
    return None if value is None else [part.strip() for part in value.split(",")]


@click.group()
def token() -> None:
    """Make, list and disable tokens: the keys that callers use."""


@token.command()
@click.option("--user", required=True, help="The owner's name.")
@click.option("--name", help="Unique in the installation. Default: the owner's name and a number.")
@click.option("--key", help="The key itself. Default: a new one, which is printed. Others on this machine may see the option.")
@click.option("--group", help="A group that is open to the owner, or `auto`. Default: the owner's group.")
@click.option("--models", callback=_several, metavar="A,B", help="Models the token may use, with * and ?. Default: all.")
@click.option("--allow-ips", callback=_several, metavar="A,B", help="Addresses and networks it may come from. Default: any.")
@click.option("--expires-at", metavar="TIME", help="2027-01-31, or 2027-01-31T12:00:00Z. Default: never.")
@click.option("--quota-usd", metavar="USD", help="What it may spend in all. Default: no limit.")
@with_settings
def create(settings: Settings, /, **options: Any) -> None:
    """Make a token and print its key.

    The key stands alone on the standard output, and is shown only this once.
    """
    made = asyncio.run(_create(settings, {word: value for word, value in options.items() if value is not None}))
    click.echo(f"created token {made.name} of {options['user']}", err=True)
    if made.key:
        click.echo(made.key)


@token.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON: money is decimal USD in text.")
@with_settings
def list_tokens(settings: Settings, *, as_json: bool) -> None:
    """List the tokens by name. Their keys are kept nowhere."""
    tokens = asyncio.run(_tokens(settings))
    if as_json:
        print_json(tokens)
    else:
        print_table(tokens, COLUMNS)


@token.command()
@click.argument("name")
@with_settings
def disable(settings: Settings, name: str) -> None:
    """Refuse the token NAME from now on. A running server follows within a second or two."""
    asyncio.run(_enable(settings, name, enabled=False))
    click.echo(f"disabled token {name}")


@token.command()
@click.argument("name")
@with_settings
def enable(settings: Settings, name: str) -> None:
    """Accept the token NAME again."""
    asyncio.run(_enable(settings, name, enabled=True))
    click.echo(f"enabled token {name}")


async def _create(settings: Settings, options: dict[str, Any]) -> Change:
    async with database(settings) as (engine, secrets), engine.transaction():
        await lock()
        names = {row["name"] for row in await Token.select(Token.name)}
        free = (name for number in count(1) if (name := f"{options['user']}-{number}") not in names)
        name = options["name"] if "name" in options else next(free)
        if name in names:
            raise WrongInput(f"there is a token {name!r} already: token names are unique in the installation")
        declared = declare(Document(None, {"tokens": [{**options, "name": name}]}))
        try:
            changes = await apply(engine, declared, secrets)
        except ConfigError as error:
            raise WrongInput("\nError: ".join(_as_option(problem.path, problem.message) for problem in error.problems)) from None
    return next(change for change in changes if change.kind == "token")


def _as_option(path: str, message: str) -> str:
    """The message about a word of the state file, about the option of the same name."""
    word = path.removeprefix("tokens[0]").removeprefix(".").partition("[")[0]
    return f"--{word.replace('_', '-')}: {message}" if word else message


async def _tokens(settings: Settings) -> list[dict[str, Any]]:
    async with database(settings):
        snapshot = await take_snapshot()
    return [token_words(row, snapshot.username(row["user"])) for _, row in sorted(snapshot.tokens.items())]


async def _enable(settings: Settings, name: str, *, enabled: bool) -> None:
    async with database(settings) as (engine, _), engine.transaction():
        names = [row["name"] for row in await Token.select(Token.name)]
        if name not in names:
            raise WrongInput(f"there is no token {name!r}{suggest(name, names)}")
        await Token.update({Token.enabled: enabled}).where(Token.name == name)
        await bump()
