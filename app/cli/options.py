"""Options that all commands share. Imports nothing but click: the command that serves stays small."""

from collections.abc import Callable
from pathlib import Path

import click

config_option = click.option(
    "--config",
    metavar="FILE",
    envvar="AIHUB_CONFIG",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The configuration. Default: ./aihub.yaml if it is there, else built-in defaults. AIHUB_* variables override it.",
)


def page_options(command: Callable[..., None]) -> Callable[..., None]:
    """For a long list: how much of it, from where on, and as what."""
    for option in (
        click.option("--json", "as_json", is_flag=True, help="As JSON: the rows, and the id to go on after."),
        click.option("--after", type=click.UUID, metavar="ID", help="Go on after the row with this id."),
        click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 1000), help="Rows at most."),
    ):
        command = option(command)
    return command
