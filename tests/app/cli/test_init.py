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


def test_an_unknown_command_is_refused(run: Aihub) -> None:
    result = run("aply")
    assert (result.exit_code, "No such command 'aply'" in result.stderr) == (2, True)


def test_the_version_is_that_of_the_package(run: Aihub) -> None:
    assert run("--version").stdout.startswith("aihub, version ")


def test_the_serving_parent_stays_small() -> None:
    program = "import sys, app.cli, app.cli.serve; print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    heavy = {"piccolo", "asyncpg", "pydantic", "litestar", "httpx", "cryptography", "yaml", "asyncio"}
    assert heavy & set(modules) == set()
