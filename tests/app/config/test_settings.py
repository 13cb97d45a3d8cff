from pathlib import Path

import pytest

from app.config.problems import ConfigError
from app.config.settings import Settings
from app.config.validate import validate
from tests.app.config.conftest import Write

DESIGN = """\
server:   {host: 127.0.0.1, port: 8080, workers: 1, trusted_proxies: [], cors: {origins: []}, max_flows: 2000}
database: sqlite:///aihub.db
redis:    null
telemetry: {otlp_endpoint: null, sample_ratio: 1.0, capture_content: false}
routing:
  strategy: priority_weighted
  attempts: 4
  timeouts: {connect: 5, first_event: 120, unary: 600, idle: 120, total: 3600}
"""


def test_the_documented_file_says_what_the_defaults_are(write: Write) -> None:
    assert validate(write(DESIGN), Settings).model_dump() == Settings().model_dump()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("server: {port: 0}", "1:16: server.port: must be at least 1, got 0"),
        ("server: {port: 65536}", "must be at most 65535, got 65536"),
        ("server: {host: ''}", "server.host: must have at least 1 characters, got ''"),
        ("server: {workers: 0}", "must be at least 1, got 0"),
        ("server: {max_flows: 0}", "must be at least 1, got 0"),
        ("server: {max_body_mb: 9999}", "must be at most 4096, got 9999"),
        ("server: {body_timeout: 0}", "must be greater than 0, got 0"),
        ("server: {drain_timeout: -1}", "must be at least 0, got -1"),
        ("server: {trusted_proxies: [x]}", "1:28: server.trusted_proxies[0]: expected an IP address"),
        ("server: {trusted_proxies: 10.0.0.1}", "expected a list, got '10.0.0.1'"),
        ("server: {cors: {origins: [x]}}", "server.cors.origins[0]: expected '*' or an origin"),
        ("database: null", "1:11: database: expected text, got nothing"),
        ("redis: localhost", "1:8: redis: expected redis://HOST"),
        ("telemetry: {sample_ratio: 1.1}", "must be at most 1, got 1.1"),
        ("routing: {attempts: 101}", "must be at most 100, got 101"),
        ("routing: {strategy: cost}", "the strategy 'cost' is not available yet"),
        ("routing: {timeouts: {total: 1e9}}", "routing.timeouts.total: must be at most 86400, got 1000000000.0"),
        ("pipeline: managed", "1:11: pipeline: `managed` is not available yet"),
        ("stages: []", "1:1: stages: unknown field 'stages'; known are server, database"),
    ],
)
def test_values_out_of_bounds_are_refused(write: Write, text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as error:
        validate(write(text), Settings)
    [found] = error.value.problems
    assert problem in str(found)


def test_a_public_address_is_fine_by_itself() -> None:
    assert Settings.model_validate({"server": {"host": "0.0.0.0"}}).server.host == "0.0.0.0"


def test_settings_know_their_file(write: Write, tmp_path: Path) -> None:
    document = write("{}")
    settings = validate(document, Settings).remember(document)
    assert settings.file == tmp_path / "aihub.yaml"
    assert settings.base_dir == tmp_path


def test_settings_made_in_python_live_in_the_working_directory() -> None:
    settings = Settings(pipeline=("auth",))
    assert settings.file is None
    assert settings.base_dir == Path.cwd()
    assert settings.document.get(("pipeline", 0)) == "auth"


def test_a_repr_shows_no_password() -> None:
    settings = Settings(database="postgres://u:hunter2@h/d", redis="redis://:hunter2@h", pipeline=({"x": {"key": "hunter2"}},))
    assert "hunter2" not in repr(settings)
