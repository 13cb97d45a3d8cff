"""`aihub`, the command. No package but click is imported here: the process that watches over the serving ones stays small."""

from difflib import get_close_matches
from importlib import import_module

import click

COMMANDS = {
    "apply": "app.cli.apply:apply",
    "check": "app.cli.check:check",
    "channel": "app.cli.channel:channel",
    "migrate": "app.cli.database:migrate",
    "prices": "app.cli.prices:prices",
    "serve": "app.cli.serve:serve",
    "show": "app.cli.show:show",
    "token": "app.cli.token:token",
    "user": "app.cli.user:user",
}
"""Each command and where it is; a command's module is imported when the command is used."""


class Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(module), name)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and (near := get_close_matches(args[0], COMMANDS, n=1)):
            ctx.fail(f"No such command {args[0]!r}, did you mean {near[0]!r}?")
        return super().resolve_command(ctx, args)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="aihub", prog_name="aihub")
def aihub() -> None:
    """A gateway for language-model APIs: one key, any vendor, a pipeline declared in YAML.

    Exit codes: 0 done, 1 failed, 2 wrong input or configuration.
    """


def main() -> None:
    aihub(prog_name="aihub")
