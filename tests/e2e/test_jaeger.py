"""The tree as Jaeger shows it. For a Jaeger that runs already:

JAEGER_OTLP=http://127.0.0.1:4318 JAEGER_QUERY=http://127.0.0.1:16686 pytest tests/e2e/test_jaeger.py
"""

import asyncio
import os
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import CONFIG
from tests.e2e.test_tracing import CHAT, client, state
from tests.support.chat import DONE, error, request, text_stream
from tests.support.gateway import running_gateway
from tests.support.standin import StandIn, json_answer, sse_answer

OTLP, QUERY = os.environ.get("JAEGER_OTLP", ""), os.environ.get("JAEGER_QUERY", "")

pytestmark = pytest.mark.skipif(not (OTLP and QUERY), reason="JAEGER_OTLP and JAEGER_QUERY name no Jaeger")


async def test_a_retried_stream(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> None:
    standin.on("jaeger", json_answer(error("x"), 503), at="first")
    standin.on("jaeger", sse_answer(*text_stream("Hi"), DONE), at="second")
    trace = os.urandom(16).hex()
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    config = CONFIG | {"telemetry": {"otlp_endpoint": OTLP}}
    async with running_gateway(tmp_path_factory.mktemp("jaeger"), config, state(standin)) as running, client(running) as http:
        await http.post(CHAT, json=request("jaeger", stream=True), headers=headers)
    spans = await found(trace)
    (server,) = [span for span in spans if tags(span)["span.kind"] == "server"]
    attempts = sorted((span for span in spans if tags(span)["span.kind"] == "client"), key=lambda span: span["startTime"])
    assert server["operationName"] == "POST /v1/chat/completions"
    assert [(tags(span)["aihub.channel"], tags(span).get("error", False)) for span in attempts] == [
        ("first", True),
        ("second", False),
    ]
    assert {span["references"][0]["spanID"] for span in attempts} == {server["spanID"]}


async def found(trace: str) -> list[dict[str, Any]]:
    async with httpx.AsyncClient(base_url=QUERY) as jaeger, asyncio.timeout(10):
        while (reply := await jaeger.get(f"/api/traces/{trace}")).status_code != 200:
            await asyncio.sleep(0.2)
    spans: list[dict[str, Any]] = reply.json()["data"][0]["spans"]
    return spans


def tags(span: dict[str, Any]) -> dict[str, Any]:
    return {tag["key"]: tag["value"] for tag in span["tags"]}
