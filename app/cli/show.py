"""`aihub show`: which stage acts when, as the gateway would call them."""

from textwrap import wrap

import click
import orjson

from app.cli.settings import with_settings
from app.config.settings import Settings
from app.config.stages import compile_stages
from pipeline.compile import Pipeline
from pipeline.stage import HOOKS

WIDTH = 80


@click.command()
@with_settings
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object: hook -> stages in calling order.")
def show(settings: Settings, as_json: bool) -> None:
    """Show which stages act at each hook, in calling order."""
    pipeline = compile_stages(settings)
    if as_json:
        click.echo(orjson.dumps(calling_order(pipeline), option=orjson.OPT_INDENT_2).decode())
    else:
        click.echo("\n".join(hook_table(pipeline)))


def calling_order(pipeline: Pipeline) -> dict[str, list[str]]:
    """Hook -> names of the stages that have it, first called first; hooks in the order of a flow."""
    return {hook: [name for name, _ in pipeline.table[hook]] for hook in HOOKS}


def hook_table(pipeline: Pipeline) -> list[str]:
    """Lines of at most 80 columns; the arrow is the direction in the file's list, `-` a hook that nobody handles."""
    margin = max(map(len, HOOKS)) + 2
    lines = []
    for hook, names in calling_order(pipeline).items():
        arrow = "↓" if HOOKS[hook].down else "↑"
        # No-break spaces keep an arrow and its name on one line.
        steps = " ".join(f"{arrow}\N{NO-BREAK SPACE}{name}" for name in names or ["-"])
        first, *more = wrap(steps, WIDTH - margin, break_long_words=False, break_on_hyphens=False)
        lines += [f"{hook:<{margin}}{first}", *(" " * margin + line for line in more)]
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]
