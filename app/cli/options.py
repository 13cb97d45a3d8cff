"""Options that all commands share. Imports nothing but click: the command that serves stays small."""

from pathlib import Path

import click

config_option = click.option(
    "--config",
    metavar="FILE",
    envvar="AIHUB_CONFIG",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The configuration. Default: ./aihub.yaml if it is there, else built-in defaults. AIHUB_* variables override it.",
)
