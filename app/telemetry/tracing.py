"""Decides on each request whether it is traced, and owns what takes its spans away: a bounded queue, a thread, an exporter."""

import asyncio
import logging
import os
import random
import socket
import threading
from importlib.metadata import version

from opentelemetry.sdk.resources import OTELResourceDetector, Resource
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from app.logs import trace_id as logged_trace_id
from app.telemetry.context import read_parent
from app.telemetry.environment import TracingPlan
from app.telemetry.exporter import Exporter
from app.telemetry.flow_trace import FlowTrace
from app.telemetry.otlp import OtlpEncoder
from app.telemetry.spans import Spans
from pipeline.errors import GatewayError
from pipeline.flow import Flow, Headers

log = logging.getLogger("aihub.telemetry")

FLUSH_SECONDS = 5
"""How long the end of the gateway waits for the last spans to be taken."""


class Tracing:
    """One a process. The queue holds OTEL_BSP_MAX_QUEUE_SIZE spans (2,048) and drops the oldest beyond."""

    def __init__(self, plan: TracingPlan) -> None:
        scope = InstrumentationScope("aihub", version("aihub"))
        resource = _resource(version("aihub"))
        self._plan = plan
        self._spans = Spans(resource, scope, capture_content=plan.capture_content)
        self._queue = BatchSpanProcessor(Exporter(plan.url, plan.shown, OtlpEncoder(resource, scope)))
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
        self._queue.on_end(self._spans.of_refusal(trace, flow_id, method, error))

    async def close(self) -> None:
        """What is queued goes out, if the collector takes it in time."""
        flush = threading.Thread(target=self._queue.shutdown, name="last spans", daemon=True)
        flush.start()
        await asyncio.to_thread(flush.join, FLUSH_SECONDS)

    def _export(self, trace: FlowTrace, flow: Flow) -> None:
        for span in self._spans.of(trace, flow):
            self._queue.on_end(span)


def _resource(release: str) -> Resource:
    """OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES win over what we say of ourselves."""
    ours: dict[str, str | int] = {
        "service.name": "aihub",
        "service.version": release,
        "host.name": socket.gethostname(),
        "process.pid": os.getpid(),
    }
    return Resource.create({**ours}).merge(OTELResourceDetector().detect())
