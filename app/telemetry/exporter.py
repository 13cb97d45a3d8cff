"""Protobuf to the collector. The SDK's exporter does it (headers, TLS, compression, retries: all by its OTEL_* variables), but
for the encoding, and for its log: an outage is told once, and its end."""

import logging
from collections.abc import Sequence
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExportResult

from app.telemetry.otlp import OtlpEncoder

log = logging.getLogger("aihub.telemetry")


class Exporter(OTLPSpanExporter):
    """Runs in the batch processor's thread."""

    def __init__(self, url: str, shown: str, encoder: OtlpEncoder) -> None:
        super().__init__(endpoint=url)
        self._shown = shown
        self._encoder = encoder
        self._failing = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._send(spans)
        failed = result is not SpanExportResult.SUCCESS
        if failed and not self._failing:
            log.warning("the trace collector at %s does not take our spans; they are lost until it does", self._shown)
        elif self._failing and not failed:
            log.warning("the trace collector at %s takes our spans again", self._shown)
        self._failing = failed
        return result

    def _send(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        # The client is not part of the SDK's interface: without it we go by its encoder, at its price.
        client: Any = getattr(self, "_client", None)
        if client is None:
            return super().export(spans)
        sent = client.export(self._encoder.encode(spans))
        return SpanExportResult.SUCCESS if sent.success else SpanExportResult.FAILURE
