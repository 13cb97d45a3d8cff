from typing import Any

import pytest

from app.config.document import Document
from app.config.overrides import apply_overrides, variables
from app.config.problems import ConfigError
from app.config.settings import Settings
from app.config.validate import validate


def settings(environ: dict[str, str]) -> Settings:
    document = Document(None, {})
    apply_overrides(document, environ)
    return validate(document, Settings)


@pytest.mark.parametrize(
    ("name", "text", "at", "value"),
    [
        ("AIHUB_HOST", "::1", "server.host", "::1"),
        ("AIHUB_PORT", "9000", "server.port", 9000),
        ("AIHUB_TRUSTED_PROXIES", "", "server.trusted_proxies", ()),
        ("AIHUB_CORS_ORIGINS", "https://a.example, *,", "server.cors.origins", ("https://a.example", "*")),
        ("AIHUB_DATABASE", "sqlite:///x.db", "database", "sqlite:///x.db"),
        ("AIHUB_REDIS", "redis://h", "redis", "redis://h"),
        ("AIHUB_ROUTING_ATTEMPTS", "2", "routing.attempts", 2),
        ("AIHUB_ROUTING_TIMEOUTS_TOTAL", "1.5", "routing.timeouts.total", 1.5),
        ("AIHUB_TELEMETRY_CAPTURE_CONTENT", "true", "telemetry.capture_content", True),
        ("AIHUB_PORT", "", "server.port", 8080),
        ("AIHUB_PORT", "tcp://10.43.0.1:80", "server.port", 8080),
    ],
)
def test_a_variable_replaces_its_setting(name: str, text: str, at: str, value: Any) -> None:
    found: Any = settings({name: text})
    for step in at.split("."):
        found = getattr(found, step)
    assert found == value


def test_every_setting_but_the_pipeline_has_one_variable() -> None:
    names = [name for name, _, _ in variables()]
    leaves = {"AIHUB_HOST", "AIHUB_MAX_FLOWS", "AIHUB_DATABASE", "AIHUB_TELEMETRY_SAMPLE_RATIO", "AIHUB_ROUTING_STRATEGY"}
    assert leaves < set(names)
    assert len(names) == len(set(names))
    assert not any("PIPELINE" in name or "SERVER" in name for name in names)


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("AIHUB_PORT", "abc", "environment: AIHUB_PORT: expected an integer, got 'abc'"),
        ("AIHUB_TRUSTED_PROXIES", "10.0.0.0/8,x", "environment: AIHUB_TRUSTED_PROXIES: expected an IP address"),
        ("AIHUB_DATABASE", "mysql://hunter2", "environment: AIHUB_DATABASE: expected sqlite:///FILE"),
        ("AIHUB_HOST", "a\udcff", "environment: AIHUB_HOST: not UTF-8 text"),
        ("AIHUB_PROT", "1", "environment: AIHUB_PROT: no such setting, did you mean 'AIHUB_PORT'?"),
        ("AIHUB_ROUTING_ATEMPTS", "1", "did you mean 'AIHUB_ROUTING_ATTEMPTS'?"),
        ("AIHUB_SECRETKEY", "hunter2", "did you mean 'AIHUB_SECRET_KEY'?"),
    ],
)
def test_a_bad_variable_is_a_problem_that_names_it(name: str, text: str, problem: str) -> None:
    with pytest.raises(ConfigError) as error:
        settings({name: text})
    assert problem in str(error.value)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    "name",
    ["AIHUB_SECRET_KEY", "AIHUB_CONFIG", "AIHUB_RECORDINGS", "AIHUB_KEY", "AIHUB_SERVICE_HOST", "AIHUB_PORT_80_TCP", "PORT"],
)
def test_other_variables_are_left_alone(name: str) -> None:
    assert settings({name: "1"}) == Settings()
