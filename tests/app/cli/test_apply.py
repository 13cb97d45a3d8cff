"""`aihub apply` says what it did, or everything that is wrong."""

from pathlib import Path

import pytest

from tests.app.cli.conftest import STATE, Aihub, revision


def test_it_reports_and_repeats(run: Aihub) -> None:
    Path("state.yaml").write_text(STATE)
    first, second = run("apply", "-f", "state.yaml"), run("apply", "--file", "state.yaml")
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "created channel main\n" in first.stdout
    assert second.stdout == "unchanged: 5\n"


def test_a_dry_run_makes_no_file(run: Aihub) -> None:
    Path("state.yaml").write_text(STATE)
    result = run("apply", "-f", "state.yaml", "--dry-run")
    assert (result.exit_code, "would create user alice\n" in result.stdout) == (0, True)
    assert [path.name for path in Path().iterdir()] == ["state.yaml"]


def test_mistakes_are_lines_with_places(declared: Aihub) -> None:
    before = revision()
    Path("state.yaml").write_text("users:\n  - {username: carol, rol: admin}\n  - {username: dave, group: vpi}\n")
    result = declared("apply", "-f", "state.yaml")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == (
        "state.yaml:2:23: users[0].rol: unknown field 'rol', did you mean 'role'?\n"
        "state.yaml:3:29: users[1].group: unknown group 'vpi', did you mean 'vip'?\n"
    )
    assert revision() == before


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ((), 2, "Missing option '-f' / '--file'"),
        (("-f", "nowhere.yaml"), 2, "nowhere.yaml:1:1: no such file or directory"),
        (("-f", "."), 2, "is a directory"),
        (("-f", "state.yaml", "--config", "nowhere.yaml"), 2, "nowhere.yaml:1:1: no such file or directory"),
    ],
)
def test_wrong_input(run: Aihub, arguments: tuple[str, ...], code: int, said: str) -> None:
    Path("state.yaml").write_text(STATE)
    result = run("apply", *arguments)
    assert (result.exit_code, said in result.stderr) == (code, True), result.stderr
