"""Sends to a collector, as OTEL_EXPORTER_OTLP_* (or, before those, OTEL_EXPORTER_OTLP_TRACES_*) say.
https://opentelemetry.io/docs/specs/otel/protocol/exporter/
"""

import gzip
import logging
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

import httpx

log = logging.getLogger("aihub.telemetry")

RETRIED = frozenset({429, 502, 503, 504})
TRIES = 3
FIRST_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Sending:
    """How requests are sent; `timeout` in seconds."""

    headers: Mapping[str, str]
    timeout: float = 10
    compressed: bool = False
    ca_file: str | None = None
    client_cert: str | None = None
    client_key: str | None = None

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Sending":
        def setting(name: str) -> str:
            return environ.get(f"OTEL_EXPORTER_OTLP_TRACES_{name}") or environ.get(f"OTEL_EXPORTER_OTLP_{name}") or ""

        return cls(
            headers=_headers(setting("HEADERS")),
            timeout=_milliseconds(setting("TIMEOUT"), 10_000) / 1000,
            compressed=setting("COMPRESSION").strip().lower() == "gzip",
            ca_file=setting("CERTIFICATE") or None,
            client_cert=setting("CLIENT_CERTIFICATE") or None,
            client_key=setting("CLIENT_KEY") or None,
        )

    def tls(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.ca_file)
        if self.client_cert is not None:
            context.load_cert_chain(self.client_cert, self.client_key)
        return context


class Collector:
    """Blocks: for a thread of its own. `close` ends a wait for another try."""

    def __init__(self, url: str, sending: Sending) -> None:
        self._url = url
        self._compressed = sending.compressed
        self._closing = threading.Event()
        headers = {"content-type": "application/x-protobuf", **sending.headers}
        if sending.compressed:
            headers["content-encoding"] = "gzip"
        self._client = httpx.Client(headers=headers, timeout=sending.timeout, verify=sending.tls())

    def send(self, body: bytes) -> str | None:
        """None if it was taken, else why not, in a word or two without an address."""
        if self._compressed:
            body = gzip.compress(body, 1)
        problem = None
        for number in range(TRIES):
            if number and self._closing.wait(FIRST_PAUSE * 2 ** (number - 1)):
                break
            try:
                status = self._client.post(self._url, content=body).status_code
            except (httpx.TransportError, httpx.InvalidURL, RuntimeError) as error:
                # RuntimeError: closed meanwhile.
                problem = type(error).__name__
                continue
            if status < 300:
                return None
            problem = f"status {status}"
            if status not in RETRIED:
                break
        return problem

    def close(self) -> None:
        self._closing.set()
        self._client.close()


def _headers(text: str) -> dict[str, str]:
    """`name=value,name=value`, values percent-encoded."""
    pairs = (part.partition("=") for part in text.split(",") if "=" in part)
    return {name.strip().lower(): unquote(value.strip()) for name, _, value in pairs}


def _milliseconds(text: str, otherwise: float) -> float:
    if not text:
        return otherwise
    if text.isdecimal() and int(text) > 0:
        return int(text)
    log.warning("OTEL_EXPORTER_OTLP_TIMEOUT must be a number of milliseconds; %g are used", otherwise)
    return otherwise
