"""`aihub check`: what is wrong with the configuration, all of it, and what it would change in the gateway that runs."""

import asyncio
import os
from pathlib import Path

import click

from app.cli.options import config_option
from app.config.facts import Difference, Facts, differences, facts_of
from app.config.load import load_settings
from app.config.settings import Settings
from app.config.stages import check as find_problems
from app.config.stages import compile_stages
from app.db.configurations import Configuration, in_force
from app.db.engine import bind, sqlite_path
from app.db.errors import FAILURES, BadDatabaseUrl
from app.secrets import SecretError, find

INVALID = 2

UNREADABLE: tuple[type[Exception], ...] = (*FAILURES, BadDatabaseUrl, SecretError)


@click.command()
@config_option
@click.pass_context
def check(context: click.Context, config: Path | None) -> None:
    """Report every mistake as file:line:column; exit 2 if there is one. Else say what a reload would change."""
    problems = find_problems(config, os.environ)
    if problems:
        for problem in problems:
            click.echo(str(problem), err=True)
        context.exit(INVALID)
    settings = load_settings(config, os.environ)
    names = compile_stages(settings).names
    count = "1 stage" if len(names) == 1 else f"{len(names)} stages"
    click.echo(f"ok: {settings.file or 'built-in defaults'}, {count}: {', '.join(names) or 'none'}")
    for line in _changes(settings):
        click.echo(line)


def _changes(settings: Settings) -> list[str]:
    """Against what a gateway has read from this file last; nothing if none has, or its database does not say."""
    try:
        secrets = find(os.environ, settings.base_dir)
        before = asyncio.run(_in_force(settings))
    except UNREADABLE:
        return []
    if secrets is None or before is None:
        return []
    found = differences(before, facts_of(settings, secrets.fingerprint))
    if not found:
        return ["nothing changes: this is in force"]
    reloaded = [change for change in found if not change.needs_restart]
    return [*_listed("a reload changes:", reloaded), *_listed("needs a restart:", [each for each in found if each.needs_restart])]


def _listed(title: str, changes: list[Difference]) -> list[str]:
    return [title, *(f"  {change}" for change in changes)] if changes else []


async def _in_force(settings: Settings) -> Facts | None:
    """Writes nothing: a database that is not there stays away."""
    path = sqlite_path(settings.database, settings.base_dir)
    if path is not None and not path.exists():
        return None
    bind(settings.database, settings.base_dir)
    return await in_force(settings.file) if await Configuration.table_exists() else None
