"""Decides on each request whether it is traced, and owns what takes its spans away: a bounded queue, a thread, an exporter."""

import asyncio
import logging
import os
import random
import socket
import threading
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from app.logs import trace_id as logged_trace_id
from app.telemetry.collector import Collector, Sending
from app.telemetry.context import read_parent
from app.telemetry.environment import TracingPlan
from app.telemetry.exporter import EncodedSpan, Exporter
from app.telemetry.flow_trace import FlowTrace
from app.telemetry.otlp import OtlpRequest, encode
from app.telemetry.spans import Spans
from pipeline.errors import GatewayError
from pipeline.flow import Flow, Headers

log = logging.getLogger("aihub.telemetry")

FLUSH_SECONDS = 5
"""How long the end of the gateway waits for the last spans to be taken."""


class Tracing:
    """One a process. The queue holds OTEL_BSP_MAX_QUEUE_SIZE spans (2,048) and drops the oldest beyond."""

    def __init__(self, plan: TracingPlan, environ: Mapping[str, str]) -> None:
        release = version("aihub")
        self._plan = plan
        collector = Collector(plan.url, Sending.of(environ))
        self._queue = BatchSpanProcessor(Exporter(collector, plan.shown, OtlpRequest(_resource(release), "aihub", release)))
        log.info("traces go to %s", plan.shown)

    def begin(self, headers: Headers) -> FlowTrace | None:
        """None if this request is not sampled."""
        parent = read_parent(headers)
        trace_id = parent.trace_id if parent is not None else random.getrandbits(128) or 1
        if not self._plan.sampler.takes(parent, trace_id):
            return None
        logged_trace_id.set(f"{trace_id:032x}")
        return FlowTrace(parent, trace_id, self._export, content=self._plan.capture_content)

    def refused(self, trace: FlowTrace, flow_id: str, method: str, error: GatewayError) -> None:
        """For a request that never became a flow."""
        trace.answered()
        span = Spans(trace, capture_content=False).of_refusal(flow_id, method, error)
        self._queue.on_end(EncodedSpan(encode(span)))

    async def close(self) -> None:
        """What is queued goes out, if the collector takes it in time."""
        flush = threading.Thread(target=self._queue.shutdown, name="last spans", daemon=True)
        flush.start()
        await asyncio.to_thread(flush.join, FLUSH_SECONDS)

    def _export(self, trace: FlowTrace, flow: Flow) -> None:
        # Encoded at once: one call takes the GIL for microseconds here, a batch of hundreds would hold it for a whole time slice.
        for span in Spans(trace, capture_content=self._plan.capture_content).of(flow):
            self._queue.on_end(EncodedSpan(encode(span)))


def _resource(release: str) -> Mapping[str, Any]:
    """OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over what we say of ourselves."""
    ours = Resource.create(
        {
            "service.name": "aihub",
            "service.version": release,
            "host.name": socket.gethostname(),
            "process.pid": os.getpid(),
        }
    )
    return ours.merge(OTELResourceDetector().detect()).attributes
