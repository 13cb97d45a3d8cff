"""The end of the SDK's queue: encoded spans to the collector. An outage is told once, and so is its end."""

import logging
from collections.abc import Sequence

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
from opentelemetry.trace import SpanContext, TraceFlags

from app.telemetry.collector import Collector
from app.telemetry.otlp import OtlpRequest

log = logging.getLogger("aihub.telemetry")

_SAMPLED = SpanContext(1, 1, False, TraceFlags(TraceFlags.SAMPLED))


class EncodedSpan(ReadableSpan):
    """What waits in the queue: bytes, and no tree of objects that every garbage collection would walk through. All the queue asks
    of a span is whether it is sampled."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    @property
    def context(self) -> SpanContext:
        return _SAMPLED


class Exporter(SpanExporter):
    """Runs in the queue's thread."""

    def __init__(self, collector: Collector, shown: str, request: OtlpRequest) -> None:
        self._collector = collector
        self._shown = shown
        self._request = request
        self._failing = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        problem = self._collector.send(self._request.around(span.body for span in spans if isinstance(span, EncodedSpan)))
        if problem is not None and not self._failing:
            log.warning("the collector at %s does not take our spans (%s); they are lost until it does", self._shown, problem)
        elif problem is None and self._failing:
            log.warning("the collector at %s takes our spans again", self._shown)
        self._failing = problem is not None
        return SpanExportResult.FAILURE if self._failing else SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        self._collector.close()
