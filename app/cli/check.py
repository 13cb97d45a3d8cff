"""`aihub check`: what is wrong with the configuration, all of it, before anything is started."""

import os
from pathlib import Path

import click

from app.cli.options import config_option
from app.config.load import load_settings
from app.config.stages import check as find_problems
from app.config.stages import compile_stages

INVALID = 2


@click.command()
@config_option
@click.pass_context
def check(context: click.Context, config: Path | None) -> None:
    """Report every mistake of the configuration.

    Each as file:line:column, those of the AIHUB_* variables and of the stages' options included; exit code 2 if there is one.
    """
    problems = find_problems(config, os.environ)
    if problems:
        for problem in problems:
            click.echo(str(problem), err=True)
        context.exit(INVALID)
    settings = load_settings(config, os.environ)
    names = compile_stages(settings).names
    count = "1 stage" if len(names) == 1 else f"{len(names)} stages"
    click.echo(f"ok: {settings.file or 'built-in defaults'}, {count}: {', '.join(names) or 'none'}")
