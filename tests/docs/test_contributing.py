"""What a contributor is told to run and to look at is there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from app.db import piccolo_app
from tests import file_budget
from tests.docs.pages import ROOT, Page

PAGE = Page("CONTRIBUTING.md")
COMMANDS = [line.partition(" #")[0].rstrip() for block in PAGE.code("sh") for line in block.splitlines()]


def test_its_make_targets_exist() -> None:
    targets = re.findall(r"\bmake (\w+)", PAGE.text)
    assert len(targets) > 4
    assert set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)) >= set(targets)


@pytest.mark.parametrize("command", [command for command in COMMANDS if "pytest" in command])
def test_its_tests_can_be_collected(command: str) -> None:
    _, *words = command.split()
    collect = [sys.executable, *words, "--collect-only", "-p", "no:cacheprovider"]
    done = subprocess.run(collect, check=False, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert "no tests" not in done.stdout


def test_its_migration_command_is_piccolo_s() -> None:
    [command] = [command for command in COMMANDS if "piccolo" in command]
    assert command.replace(".venv/bin/", "") in (piccolo_app.__doc__ or "")


def test_no_command_is_left_out() -> None:
    assert [command for command in COMMANDS if not re.search("^make |pytest|piccolo", command)] == []


def test_the_files_and_folders_it_names_are_there() -> None:
    named = [
        name for name in re.findall(r"`([\w.-]+/?[\w./-]*)`", PAGE.prose) if "/" in name or name.endswith((".py", ".md", ".toml"))
    ]
    assert len(named) > 15
    assert [name for name in named if not Path(ROOT, name).exists()] == []


def test_the_file_budget_is_the_one_it_says() -> None:
    assert f"none above {file_budget.LIMIT}" in PAGE.text
