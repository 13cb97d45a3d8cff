"""Every command exists, explains itself, and costs nothing until it is called."""

import subprocess
import sys

import pytest

from app.cli import COMMANDS
from tests.app.cli.conftest import Aihub


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_helps(run: Aihub, command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert result.stdout.startswith(f"Usage: aihub {command}")


def test_the_help_lists_all_of_them(run: Aihub) -> None:
    result = run("--help")
    assert result.exit_code == 0
    for command in COMMANDS:
        assert f"\n  {command}" in result.stdout


@pytest.mark.parametrize(
    ("typed", "said"),
    [("aply", "No such command 'aply', did you mean 'apply'?"), ("deploy-all", "No such command 'deploy-all'.")],
)
def test_an_unknown_command_is_refused(run: Aihub, typed: str, said: str) -> None:
    result = run(typed)
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, f"Error: {said}")


@pytest.mark.parametrize("group", [(), ("channel",), ("ledger",), ("log",), ("token",), ("user",)])
def test_what_a_command_does_fits_its_line_in_the_list(run: Aihub, group: tuple[str, ...]) -> None:
    listed = run(*group, "--help").stdout.partition("Commands:\n")[2].splitlines()
    assert listed
    assert [line for line in listed if line.endswith("...")] == []


def test_the_version_is_that_of_the_package(run: Aihub) -> None:
    assert run("--version").stdout.startswith("aihub, version ")


def test_the_serving_parent_stays_small() -> None:
    program = "import sys, app.cli, app.cli.serve; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    heavy = {"piccolo", "asyncpg", "pydantic", "litestar", "httpx", "cryptography", "yaml", "asyncio"}
    assert heavy & set(modules) == set()
