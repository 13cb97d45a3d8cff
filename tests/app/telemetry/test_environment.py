"""Which setting wins, and what each OTEL_* variable does."""

from typing import Any

import pytest

from app.config.settings import Telemetry
from app.telemetry.environment import TracingPlan, tracing_plan
from app.telemetry.sampler import Sampler

HERE = "http://here:4318"
FROM_FILE = {"otlp_endpoint": HERE}
BASE = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://there:4318/"}


def plan(settings: dict[str, Any], environ: dict[str, str]) -> TracingPlan | None:
    return tracing_plan(Telemetry(**settings), environ)


@pytest.mark.parametrize(
    ("settings", "environ", "url"),
    [
        ({}, {}, None),
        ({}, {"OTEL_SERVICE_NAME": "x"}, None),
        (FROM_FILE, {}, "http://here:4318/v1/traces"),
        ({"otlp_endpoint": HERE + "/otlp/"}, {}, "http://here:4318/otlp/v1/traces"),
        ({"otlp_endpoint": HERE + "/v1/traces"}, {}, "http://here:4318/v1/traces"),
        (FROM_FILE, BASE, "http://here:4318/v1/traces"),
        ({}, BASE, "http://there:4318/v1/traces"),
        ({}, BASE | {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://t/as/it/is"}, "http://t/as/it/is"),
        ({}, {"OTEL_EXPORTER_OTLP_ENDPOINT": ""}, None),
        ({}, BASE | {"OTEL_TRACES_EXPORTER": "none"}, None),
        (FROM_FILE, {"OTEL_SDK_DISABLED": "TRUE"}, None),
        (FROM_FILE, {"OTEL_SDK_DISABLED": "false"}, "http://here:4318/v1/traces"),
    ],
)
def test_where_to(settings: dict[str, Any], environ: dict[str, str], url: str | None) -> None:
    found = plan(settings, environ)
    assert (found and found.url) == url


@pytest.mark.parametrize(
    ("settings", "environ", "sampler"),
    [
        ({}, {}, Sampler(1.0, True)),
        ({"sample_ratio": 0.5}, {}, Sampler(0.5, True)),
        ({"sample_ratio": 1.0}, {"OTEL_TRACES_SAMPLER": "always_off"}, Sampler(1.0, True)),
        ({}, {"OTEL_TRACES_SAMPLER": "always_off"}, Sampler(0.0, False)),
        ({}, {"OTEL_TRACES_SAMPLER": "always_on"}, Sampler(1.0, False)),
        ({}, {"OTEL_TRACES_SAMPLER": "parentbased_always_off"}, Sampler(0.0, True)),
        ({}, {"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.1"}, Sampler(0.1, False)),
        ({}, {"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.1"}, Sampler(0.1, True)),
        ({}, {"OTEL_TRACES_SAMPLER_ARG": "0.1"}, Sampler(0.1, True)),
        ({}, {"OTEL_TRACES_SAMPLER_ARG": "10"}, Sampler(1.0, True)),
        ({}, {"OTEL_TRACES_SAMPLER_ARG": "some"}, Sampler(1.0, True)),
        ({}, {"OTEL_TRACES_SAMPLER": "jaeger_remote"}, Sampler(1.0, True)),
    ],
)
def test_how_often(settings: dict[str, Any], environ: dict[str, str], sampler: Sampler) -> None:
    found = plan(FROM_FILE | settings, environ)
    assert found is not None
    assert found.sampler == sampler


@pytest.mark.parametrize(
    "environ",
    [{"OTEL_TRACES_SAMPLER": "jaeger_remote"}, {"OTEL_TRACES_SAMPLER_ARG": "10"}, {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}],
)
def test_what_is_not_understood_is_said(environ: dict[str, str], caplog: pytest.LogCaptureFixture) -> None:
    plan({}, BASE | environ)
    assert next(iter(environ)) in caplog.text


def test_a_log_shows_no_password() -> None:
    found = plan({"otlp_endpoint": "https://user:canary@host:4318/path?token=canary"}, {})
    assert found is not None
    assert found.shown == "https://host:4318"
