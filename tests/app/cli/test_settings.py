"""Commands find their configuration, and fail in one line with the right exit code."""

from pathlib import Path

import pytest

from tests.app.cli.conftest import Aihub


@pytest.mark.parametrize(
    ("environ", "code", "said"),
    [
        ({"AIHUB_DATABASE": "mysql://u:s3cret@h/x"}, 2, "AIHUB_DATABASE"),
        ({"AIHUB_DATABASE": "postgres://u:s3cret@127.0.0.1:1/x"}, 1, "Error: database postgres://u@127.0.0.1:1/x: "),
        ({"AIHUB_DATABASE": "postgres://u:1/s3cret@h/x"}, 2, "%-encode the special characters"),
        ({"AIHUB_DATABASE": "sqlite:///no/such/place.db"}, 2, "there is no database at"),
        ({"AIHUB_SECRET_KEY": "s3cret"}, 2, "AIHUB_SECRET_KEY is too short"),
        ({"AIHUB_SECRET_KEY": "another s3cret than before"}, 1, "another AIHUB_SECRET_KEY"),
        ({"AIHUB_PORT": "x"}, 2, "AIHUB_PORT"),
        ({"AIHUB_CONFIG": "nowhere.yaml"}, 2, "nowhere.yaml"),
    ],
)
def test_failures_are_one_line_without_secrets(declared: Aihub, environ: dict[str, str], code: int, said: str) -> None:
    result = declared("user", "list", **environ)
    assert result.exit_code == code
    assert said in result.stderr
    assert result.stderr.count("\n") == 1
    assert "s3cret" not in result.stderr
    assert result.stdout == ""


def test_the_configuration_names_the_database(declared: Aihub) -> None:
    Path("deep").mkdir()
    Path("deep/aihub.yaml").write_text("database: sqlite:///other.db\n")
    Path("empty.yaml").write_text("users: []\n")
    assert declared("apply", "-f", "empty.yaml", "--config", "deep/aihub.yaml").exit_code == 0
    assert declared("user", "list", "--config", "deep/aihub.yaml").stdout.count("\n") == 1, "no user there"
    assert Path("deep/other.db").exists()
    assert Path("deep/aihub.secret").exists()
    Path("aihub.yaml").write_text("database: sqlite:///third.db\n")
    assert "third.db" in declared("user", "list").stderr
    assert "alice" in declared("user", "list", AIHUB_DATABASE="sqlite:///aihub.db").stdout


def test_looking_at_nothing_makes_nothing(run: Aihub, tmp_path: Path) -> None:
    result = run("user", "list")
    assert (result.exit_code, "`aihub serve` and `aihub apply` make it" in result.stderr) == (2, True)
    assert list(Path.cwd().iterdir()) == []


def test_a_database_without_its_secret_is_not_given_another(declared: Aihub) -> None:
    Path("aihub.secret").unlink()
    result = declared("user", "list")
    assert result.exit_code == 2
    assert "aihub.secret is missing" in result.stderr
    assert not Path("aihub.secret").exists()
