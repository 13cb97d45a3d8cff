"""`aihub serve`"""

from pathlib import Path

import click

from app.cli.options import config_option


@click.command()
@config_option
def serve(config: Path | None) -> None:
    """Run the gateway.

    Migrates the database first; an empty one gets an admin, an API key and a channel that answers by itself.
    """
    from app.serve import serve as run  # noqa: PLC0415  # `aihub --help` need not load the server

    run(config)
