"""`aihub migrate`."""

import asyncio

import click

from app.cli.settings import with_settings
from app.config.settings import Settings
from app.db.engine import bind, safe_url
from app.db.errors import failures_named
from app.db.migrate import migrate as run


@click.command()
@with_settings
def migrate(settings: Settings) -> None:
    """Bring the database to the tables of this version.

    `apply`, `serve` and the other commands do this by themselves. Several may run at once: one migrates, the others wait.
    """
    applied = asyncio.run(_migrate(settings))
    for migration in applied:
        click.echo(f"applied {migration}")
    click.echo(f"the database {safe_url(settings.database)} is up to date")


async def _migrate(settings: Settings) -> list[str]:
    with failures_named(safe_url(settings.database)):
        return await run(bind(settings.database, settings.base_dir))
