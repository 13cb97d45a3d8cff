"""How requests to a collector are sent: the variables, the tries, the words for what went wrong."""

import asyncio
import gzip
import time
from collections.abc import AsyncIterator

import pytest

from app.telemetry import collector as sender
from app.telemetry.collector import Sending
from tests.support.collector import Collector
from tests.support.gateway import free_port


@pytest.fixture
async def collector() -> AsyncIterator[Collector]:
    server = Collector()
    await server.start()
    yield server
    await server.stop()


@pytest.mark.parametrize(
    ("environ", "sending"),
    [
        ({}, Sending({})),
        ({"OTEL_EXPORTER_OTLP_HEADERS": "X-Key=a%20b, x-tenant=blue,broken"}, Sending({"x-key": "a b", "x-tenant": "blue"})),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "2500"}, Sending({}, timeout=2.5)),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "soon"}, Sending({})),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "0"}, Sending({})),
        ({"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}, Sending({}, compressed=True)),
        ({"OTEL_EXPORTER_OTLP_COMPRESSION": "none"}, Sending({})),
        ({"OTEL_EXPORTER_OTLP_CERTIFICATE": "/ca.pem"}, Sending({}, ca_file="/ca.pem")),
        ({"OTEL_EXPORTER_OTLP_TIMEOUT": "1000", "OTEL_EXPORTER_OTLP_TRACES_TIMEOUT": "3000"}, Sending({}, timeout=3)),
    ],
)
def test_the_variables(environ: dict[str, str], sending: Sending) -> None:
    assert Sending.of(environ) == sending


async def test_it_is_sent_as_it_is_or_compressed(collector: Collector) -> None:
    for sending in (Sending({"x-tenant": "blue"}), Sending({}, compressed=True)):
        assert await asyncio.to_thread(sender.Collector(collector.endpoint, sending).send, b"spans") is None
    assert [collector.bodies[0], gzip.decompress(collector.bodies[1])] == [b"spans", b"spans"]
    assert "x-tenant: blue" in collector.headers[0]
    assert "content-type: application/x-protobuf" in collector.headers[0]
    assert "content-encoding: gzip" in collector.headers[1]


@pytest.mark.parametrize(("refusal", "tries"), [("503 Busy", 3), ("429 Slow", 3), ("400 No", 1), ("302 Moved", 1)])
async def test_what_may_pass_is_tried_again(
    collector: Collector, refusal: str, tries: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sender, "FIRST_PAUSE", 0.001)
    collector.refusal = refusal
    client = sender.Collector(collector.endpoint, Sending({}))
    assert await asyncio.to_thread(client.send, b"x") == f"status {refusal[:3]}"
    assert collector.refused == tries


async def test_nobody_there_is_told_without_an_address() -> None:
    client = sender.Collector(f"http://127.0.0.1:{free_port()}", Sending({}))
    sending = asyncio.create_task(asyncio.to_thread(client.send, b"x"))
    await asyncio.sleep(0.1)
    started = time.monotonic()
    client.close()
    assert await sending == "ConnectError"
    assert time.monotonic() - started < 0.5
    assert await asyncio.to_thread(client.send, b"x") == "RuntimeError"
