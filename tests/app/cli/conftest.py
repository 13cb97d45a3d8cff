"""The command, as an operator calls it, in a directory of its own."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.cli import aihub

Aihub = Callable[..., Result]

STATE = """\
groups: [{name: vip, usable_by: [default]}]
users: [{username: alice, balance_usd: 25}, {username: bob, role: admin}]
channels: [{name: main, vendor: openai, keys: [sk-vendor], models: [gpt-*], proxy: 'http://u:s3cret@proxy:1'}]
tokens: [{name: laptop, user: alice, key: laptops-own-key-of-30-letters}]
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Aihub:
    """`run("token", "list")`: exit code, stdout and stderr of the command."""
    monkeypatch.chdir(tmp_path)
    for name in ("AIHUB_CONFIG", "AIHUB_DATABASE", "AIHUB_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)

    def called(*arguments: str, **environ: str) -> Result:
        return CliRunner().invoke(aihub, arguments, env=environ, prog_name="aihub")

    return called


@pytest.fixture
def declared(run: Aihub) -> Aihub:
    """The same, with a database in which `STATE` was declared."""
    Path("state.yaml").write_text(STATE)
    assert run("apply", "-f", "state.yaml").exit_code == 0
    return run


def revision() -> int:
    with sqlite3.connect("aihub.db") as plain:
        (number,) = plain.execute("SELECT revision FROM installation").fetchone()
    plain.close()
    return int(number)


def by_hand(statement: str) -> None:
    """What nobody should do to the database."""
    with sqlite3.connect("aihub.db") as plain:
        plain.execute(statement)
    plain.close()
