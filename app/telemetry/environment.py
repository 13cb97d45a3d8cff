"""Settings and OTEL_* variables: where traces go and which requests are traced. What `aihub.yaml` (or AIHUB_TELEMETRY_*) says
wins; the rest comes from the variables that OpenTelemetry defines.
https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/

How it is sent (OTEL_EXPORTER_OTLP_HEADERS, _TIMEOUT…) is read in `app.telemetry.collector`; OTEL_BSP_*, OTEL_SERVICE_NAME and
OTEL_RESOURCE_ATTRIBUTES by the SDK.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.config.settings import Telemetry
from app.telemetry.sampler import Sampler

log = logging.getLogger("aihub.telemetry")

PATH = "/v1/traces"
PROTOCOL = "http/protobuf"

_SAMPLERS = {
    "always_on": (1.0, False),
    "always_off": (0.0, False),
    "traceidratio": (None, False),
    "parentbased_always_on": (1.0, True),
    "parentbased_always_off": (0.0, True),
    "parentbased_traceidratio": (None, True),
}
"""(ratio, whether the parent is asked); None is the ratio in OTEL_TRACES_SAMPLER_ARG."""


@dataclass(frozen=True, slots=True)
class TracingPlan:
    """`url` takes the exporter's POST; it may hold a password, so only `shown` is for logs."""

    url: str
    sampler: Sampler
    capture_content: bool = False

    @property
    def shown(self) -> str:
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.hostname}" + (f":{parts.port}" if parts.port else "")


def tracing_plan(telemetry: Telemetry, environ: Mapping[str, str]) -> TracingPlan | None:
    """None: tracing is off."""
    if environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return None
    if (url := _url(telemetry, environ)) is None:
        return None
    return TracingPlan(url, _sampler(telemetry, environ), telemetry.capture_content)


def _url(telemetry: Telemetry, environ: Mapping[str, str]) -> str | None:
    if telemetry.otlp_endpoint is not None:
        base = telemetry.otlp_endpoint.rstrip("/")
        return base if base.endswith(PATH) else base + PATH
    if environ.get("OTEL_TRACES_EXPORTER", "otlp").strip() == "none":
        return None
    base = environ.get("OTEL_EXPORTER_OTLP_ENDPOINT", "")
    url = environ.get("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") or (base.rstrip("/") + PATH if base else None)
    if url is None:
        return None
    protocol = environ.get("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL") or environ.get("OTEL_EXPORTER_OTLP_PROTOCOL") or PROTOCOL
    if protocol != PROTOCOL:
        log.warning("traces are sent as %s, OTEL_EXPORTER_OTLP_PROTOCOL=%s is not spoken here", PROTOCOL, protocol)
    return url


def _sampler(telemetry: Telemetry, environ: Mapping[str, str]) -> Sampler:
    if "sample_ratio" in telemetry.model_fields_set:
        return Sampler(telemetry.sample_ratio)
    name = environ.get("OTEL_TRACES_SAMPLER") or "parentbased_traceidratio"
    if name not in _SAMPLERS:
        log.warning("OTEL_TRACES_SAMPLER=%s is not known here, the default is used; known are %s", name, ", ".join(_SAMPLERS))
        name = "parentbased_traceidratio"
    ratio, asks_parent = _SAMPLERS[name]
    return Sampler(_ratio(environ, telemetry.sample_ratio) if ratio is None else ratio, asks_parent)


def _ratio(environ: Mapping[str, str], otherwise: float) -> float:
    text = environ.get("OTEL_TRACES_SAMPLER_ARG")
    if not text:
        return otherwise
    try:
        ratio = float(text)
    except ValueError:
        ratio = -1
    if not 0 <= ratio <= 1:
        log.warning("OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1; %g is used", otherwise)
        return otherwise
    return ratio
