"""What an operator's own stage may do to a request: wait too long, and send it to another model."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import CONFIG, VENDOR_KEY
from tests.support.chat import completion, error, request
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.standin import StandIn, json_answer

CHAT = "/v1/chat/completions"
KEY = "sk-limits-canary"

SLOW = """\
import asyncio


class Slow:
    async def request(self, flow):
        if flow.request.headers.get("x-slow"):
            await asyncio.sleep(60)
"""


def state(base_url: str) -> dict[str, Any]:
    channel = {"vendor": "openai", "base_url": base_url, "keys": [VENDOR_KEY]}
    return {
        "users": [{"username": "eve"}],
        "tokens": [{"name": "t", "user": "eve", "key": KEY}],
        "channels": [
            {**channel, "name": "short", "models": ["short-model"]},
            {**channel, "name": "long", "models": ["long-model"]},
        ],
    }


@pytest.fixture(scope="module")
async def gateway(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    folder: Path = tmp_path_factory.mktemp("stage-limits")
    (folder / "slow.py").write_text(SLOW)
    pipeline = ["auth", {"use": "./slow.py:Slow", "timeout": 0.2}, "model_limits"]
    routing = {**CONFIG["routing"], "fallbacks": {"short-model": ["long-model"]}}
    async with running_gateway(folder, {**CONFIG, "routing": routing, "pipeline": pipeline}, state(standin.base_url)) as running:
        yield running


@pytest.fixture(scope="module")
async def caller(gateway: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=gateway.url, headers={"authorization": f"Bearer {KEY}"}, timeout=20) as client:
        yield client


async def test_a_slow_stage_is_cut_off_and_named_in_the_log_under_the_caller_s_request_id(
    caller: httpx.AsyncClient, gateway: RunningGateway, standin: StandIn
) -> None:
    sent = len(standin.received)
    reply = await caller.post(CHAT, json=request("short-model"), headers={"x-slow": "1"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (500, "stage_timeout")
    assert "slow" not in reply.text
    told = f"flow {reply.headers['x-request-id']}: stage slow timed out: `request` took longer than 0.2 s"
    assert told in gateway.log()
    assert len(standin.received) == sent


async def test_a_request_too_long_for_its_model_is_answered_by_the_fallback(caller: httpx.AsyncClient, standin: StandIn) -> None:
    standin.on("short-model", json_answer(error("too long", "context_length_exceeded"), 400))
    standin.on("long-model", json_answer(completion(model="long-model")))
    reply = await caller.post(CHAT, json=request("short-model"))
    assert (reply.status_code, reply.json()["model"]) == (200, "long-model")
    [sent] = standin.requests("long-model")
    assert sent.json() == {**request("short-model"), "model": "long-model"}


async def test_a_request_that_is_wrong_is_not_sent_to_a_fallback(caller: httpx.AsyncClient, standin: StandIn) -> None:
    standin.on("short-model", json_answer(error("wrong", "invalid_value"), 400))
    asked = len(standin.requests("long-model"))
    assert (await caller.post(CHAT, json=request("short-model"))).status_code == 400
    assert len(standin.requests("long-model")) == asked
