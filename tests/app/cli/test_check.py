from pathlib import Path

import pytest
from click.testing import CliRunner

from app.cli.check import check
from pipeline.stages import DEFAULT


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_defaults_are_fine() -> None:
    result = CliRunner().invoke(check)
    assert result.exit_code == 0
    assert result.stdout == f"ok: built-in defaults, {len(DEFAULT)} stages: {', '.join(DEFAULT)}\n"


@pytest.mark.parametrize(
    ("pipeline", "told"),
    [("[auth]", "1 stage: auth"), ("[]", "0 stages: none"), ("[auth, model_limits]", "2 stages: auth, model_limits")],
)
def test_a_good_file_is_named_with_its_stages(folder: Path, pipeline: str, told: str) -> None:
    (folder / "my.yaml").write_text(f"pipeline: {pipeline}")
    result = CliRunner().invoke(check, ["--config", "my.yaml"])
    assert (result.exit_code, result.stdout) == (0, f"ok: my.yaml, {told}\n")


def test_every_problem_is_a_line_on_stderr_and_the_exit_code_is_2(folder: Path) -> None:
    (folder / "aihub.yaml").write_text("server: {prot: 1}\npipeline: [auht]\n")
    result = CliRunner().invoke(check)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.splitlines() == [
        "aihub.yaml:1:10: server.prot: unknown field 'prot', did you mean 'port'?",
        "aihub.yaml:2:12: pipeline[0]: no stage is called 'auht', did you mean 'auth'?",
    ]


def test_variables_of_the_environment_are_checked_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIHUB_PORT", "many")
    result = CliRunner().invoke(check)
    assert (result.exit_code, result.stderr) == (2, "environment: AIHUB_PORT: expected an integer, got 'many'\n")
