from pathlib import Path

import pytest

from app.config.load import load_settings
from app.config.problems import ConfigError
from app.config.settings import Settings


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings(None, {})
    assert settings.model_dump() == Settings().model_dump()
    assert (settings.file, settings.base_dir) == (None, tmp_path)


def test_a_file_in_the_working_directory_is_read_unless_another_is_given(tmp_path: Path) -> None:
    (tmp_path / "aihub.yaml").write_text("server: {port: 1}")
    (tmp_path / "there").mkdir()
    other = tmp_path / "there" / "other.yaml"
    other.write_text("server: {port: 2}")
    assert load_settings(None, {}).server.port == 1
    settings = load_settings(other, {})
    assert (settings.server.port, settings.file, settings.base_dir) == (2, other, other.parent)


def test_a_given_file_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such file"):
        load_settings(tmp_path / "none.yaml", {})


def test_a_link_that_leads_nowhere_is_not_taken_for_no_file(tmp_path: Path) -> None:
    (tmp_path / "aihub.yaml").symlink_to(tmp_path / "gone.yaml")
    with pytest.raises(ConfigError, match="no such file"):
        load_settings(None, {})


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    (tmp_path / "aihub.yaml").write_text("server: {port: 1, host: localhost}\ndatabase: ${NOPE}")
    settings = load_settings(None, {"AIHUB_PORT": "2", "AIHUB_DATABASE": "sqlite:///x.db"})
    assert (settings.server.port, settings.server.host) == (2, "localhost")


def test_a_combination_is_judged_with_the_environment_s_values(tmp_path: Path) -> None:
    (tmp_path / "aihub.yaml").write_text("pipeline: []\nserver: {workers: 2}")
    with pytest.raises(ConfigError) as error:
        load_settings(None, {"AIHUB_HOST": "0.0.0.0", "AIHUB_REDIS": "redis://h"})
    [problem] = error.value.problems
    assert str(problem).startswith("environment: AIHUB_HOST: a public bind without auth")


TEN_MISTAKES = """\
servr: {}
server:
  port: "8080"
  workers: 2
  trusted_proxies: [10.0.0.1/8]
database: mysql://root:hunter2@db/aihub
redis: ${REDIS_URL}
telemetry: {sample_ratio: 2, capture_content: yes}
pipeline: managed
routing:
  strategy: latency
"""


def test_ten_mistakes_are_ten_problems_each_at_its_place(tmp_path: Path) -> None:
    (tmp_path / "aihub.yaml").write_text(TEN_MISTAKES)
    with pytest.raises(ConfigError) as error:
        load_settings(None, {"REDIS": "x"})
    places = [(problem.line, problem.column, problem.path) for problem in error.value.problems]
    assert places == [
        (1, 1, "servr"),
        (3, 9, "server.port"),
        (4, 12, "server.workers"),
        (5, 21, "server.trusted_proxies[0]"),
        (6, 11, "database"),
        (7, 8, "redis"),
        (8, 27, "telemetry.sample_ratio"),
        (8, 47, "telemetry.capture_content"),
        (9, 11, "pipeline"),
        (11, 13, "routing.strategy"),
    ]
    assert "hunter2" not in str(error.value)
