"""The README's blocks are what an operator pastes: they must be accepted as they stand."""

import re
from pathlib import Path

import pytest

from app import cli
from app.config.stages import check
from app.state.read import read_state

README = (Path(__file__).parents[2] / "README.md").read_text()
STATE, CONFIG = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
COMMANDS = re.findall(r"^\.venv/bin/aihub (\w+)", README, re.MULTILINE)
TARGETS = set(re.findall(r"\bmake (\w+)", README))


def test_its_state_file_is_read_without_a_problem(tmp_path: Path) -> None:
    (tmp_path / "state.yaml").write_text(STATE)
    assert read_state(tmp_path / "state.yaml", {}).problems == []


def test_its_configuration_is_checked_without_a_problem(tmp_path: Path) -> None:
    (tmp_path / "aihub.yaml").write_text(CONFIG)
    assert check(tmp_path / "aihub.yaml", {}) == []


@pytest.mark.parametrize("command", COMMANDS)
def test_its_commands_exist(command: str) -> None:
    assert command in cli.COMMANDS


def test_its_make_targets_exist() -> None:
    makefile = (Path(__file__).parents[2] / "Makefile").read_text()
    assert set(re.findall(r"^(\w+):", makefile, re.MULTILINE)) >= TARGETS
