"""A collector that is gone: told once, as is its return; nothing else is touched."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from app.config.settings import Telemetry
from app.telemetry import collector as sender
from app.telemetry.collector import Sending
from app.telemetry.environment import tracing_plan
from app.telemetry.exporter import EncodedSpan, Exporter
from app.telemetry.otlp import OtlpRequest, encode
from app.telemetry.tracing import Tracing
from pipeline.errors import NotFound
from pipeline.flow import Headers
from tests.app.telemetry.test_otlp import ROOT
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


async def test_an_outage_and_its_end_are_told_once(collector: Collector, caplog: pytest.LogCaptureFixture) -> None:
    exporter = Exporter(sender.Collector(collector.endpoint, Sending({})), "the-collector", OtlpRequest({}, "aihub", "1"))
    for refusal in (None, "400 Down", "400 Down", "400 Down", None, None):
        collector.refusal = refusal
        await asyncio.to_thread(exporter.export, [EncodedSpan(encode(ROOT))])
    assert lines(caplog) == [
        "the collector at the-collector does not take our spans (status 400); they are lost until it does",
        "the collector at the-collector takes our spans again",
    ]
    assert len(collector.spans) == 3


def tracing_to(endpoint: str) -> Tracing:
    plan = tracing_plan(Telemetry(otlp_endpoint=endpoint), {})
    assert plan is not None
    return Tracing(plan, {})


def traced(tracing: Tracing) -> None:
    trace = tracing.begin(Headers())
    assert trace is not None
    tracing.refused(trace, "req_1", "GET", NotFound("nothing there"))


async def test_a_dead_collector_slows_neither_requests_nor_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_MAX_QUEUE_SIZE", "64")
    monkeypatch.setenv("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "16")
    monkeypatch.setattr("app.telemetry.tracing.FLUSH_SECONDS", 0.2)
    tracing = tracing_to(f"http://127.0.0.1:{free_port()}")
    started = time.monotonic()
    for _ in range(1_000):
        traced(tracing)
    assert time.monotonic() - started < 2
    await tracing.close()
    assert time.monotonic() - started < 5


async def test_what_is_queued_goes_out_at_the_end(collector: Collector) -> None:
    tracing = tracing_to(collector.endpoint)
    for _ in range(10):
        traced(tracing)
    await tracing.close()
    assert [each.attributes["aihub.error.code"] for each in collector.spans] == ["not_found"] * 10
