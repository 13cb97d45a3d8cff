"""`aihub apply`."""

import asyncio
import os
from pathlib import Path

import click

from app.cli.settings import with_settings
from app.config.settings import Settings
from app.state.apply import apply_file, preview_file
from app.state.report import report


@click.command()
@click.option(
    "-f",
    "--file",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The state file (YAML).",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and change nothing.")
@with_settings
def apply(settings: Settings, file: Path, *, dry_run: bool) -> None:
    """Make the database be what a state file says.

    Channels, groups, users, tokens and prices are created and updated in one transaction, all or nothing, and never deleted:
    what the file does not mention stays as it is.
    Of what it does mention, it is the whole truth: a word left out means its default. Exempt are the keys of a channel and
    the key of a token, which stay when they are left out. `balance_usd` is an opening credit, booked once.
    """
    do = preview_file if dry_run else apply_file
    for line in report(asyncio.run(do(file, settings.database, settings.base_dir, os.environ)), dry_run=dry_run):
        click.echo(line)
