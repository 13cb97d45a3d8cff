"""A collector that is gone: told once, as is its return; nothing else is touched."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan

from app.config.settings import Telemetry
from app.telemetry.environment import tracing_plan
from app.telemetry.exporter import Exporter
from app.telemetry.otlp import OtlpEncoder
from app.telemetry.tracing import Tracing
from pipeline.errors import NotFound
from pipeline.flow import Headers
from tests.app.telemetry.test_otlp import RESOURCE, SCOPE, span
from tests.support.collector import Collector
from tests.support.gateway import free_port


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    server = Collector()
    await server.start()
    yield server
    await server.stop()


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.message for record in caplog.records if record.name == "aihub.telemetry"]


async def sent(exporter: Exporter, *spans: ReadableSpan) -> None:
    await asyncio.to_thread(exporter.export, spans or [span()])


async def test_an_outage_and_its_end_are_told_once(collector: Collector, caplog: pytest.LogCaptureFixture) -> None:
    exporter = Exporter(collector.endpoint + "/v1/traces", "the-collector", OtlpEncoder(RESOURCE, SCOPE))
    await sent(exporter)
    assert lines(caplog) == []
    collector.down = True
    for _ in range(3):
        await sent(exporter)
    assert [("does not take" in line, "the-collector" in line) for line in lines(caplog)] == [(True, True)]
    collector.down = False
    for _ in range(3):
        await sent(exporter)
    assert len(lines(caplog)) == 2
    assert "again" in lines(caplog)[1]
    assert len(collector.spans) == 4


async def test_another_release_of_the_sdk_costs_more_and_loses_nothing(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter = Exporter(collector.endpoint + "/v1/traces", "x", OtlpEncoder(RESOURCE, SCOPE))
    sends = exporter._client
    seen: list[bool] = []

    def parent_exports(self: Exporter, spans: list[ReadableSpan]) -> object:
        seen.append(True)
        return sends

    monkeypatch.setattr("opentelemetry.exporter.otlp.proto.http.trace_exporter.OTLPSpanExporter.export", parent_exports)
    del exporter._client
    await sent(exporter)
    assert seen == [True]


def traced(tracing: Tracing) -> None:
    trace = tracing.begin(Headers())
    assert trace is not None
    tracing.refused(trace, "req_1", "GET", NotFound("nothing there"))


async def test_a_dead_collector_slows_neither_requests_nor_the_end(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL, "opentelemetry")
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "64")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "16")
    monkeypatch.setattr("app.telemetry.tracing.FLUSH_SECONDS", 0.2)
    plan = tracing_plan(Telemetry(otlp_endpoint=f"http://127.0.0.1:{free_port()}"), {})
    assert plan is not None
    tracing = Tracing(plan)
    started = time.monotonic()
    for _ in range(1_000):
        traced(tracing)
    assert time.monotonic() - started < 2
    await tracing.close()
    assert time.monotonic() - started < 5


async def test_what_is_queued_goes_out_at_the_end(collector: Collector) -> None:
    plan = tracing_plan(Telemetry(otlp_endpoint=collector.endpoint), {})
    assert plan is not None
    tracing = Tracing(plan)
    for _ in range(10):
        traced(tracing)
    await tracing.close()
    assert [each.attributes["aihub.error.code"] for each in collector.spans] == ["not_found"] * 10
