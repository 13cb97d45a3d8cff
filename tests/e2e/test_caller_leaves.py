"""A caller that leaves: its upstream is closed or read to the end, and its flow is settled exactly once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from tests.e2e.conftest import CONFIG, KEY, state
from tests.support import settlement_log
from tests.support.chat import DONE, completion, request, text_stream, usage_chunk
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.standin import Answer, StandIn, json_answer, sse_answer

CHAT = "/v1/chat/completions"


class Settlements:
    """What the gateway's `settlement_log` stage wrote."""

    def __init__(self, gateway: RunningGateway, file: Path) -> None:
        self.gateway = gateway
        self.file = file

    def of(self, model: str) -> list[dict[str, Any]]:
        rows = [orjson.loads(line) for line in self.file.read_bytes().splitlines()] if self.file.exists() else []
        return [row for row in rows if row["model"] == model]

    async def wait_for(self, model: str) -> dict[str, Any]:
        """Its only settlement."""
        async with asyncio.timeout(5):
            while not self.of(model):
                await asyncio.sleep(0.01)
        (row,) = self.of(model)
        return row


@pytest.fixture(scope="module", params=["cancel", "drain"])
async def settlements(
    standin: StandIn, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> AsyncIterator[Settlements]:
    directory = tmp_path_factory.mktemp("leaving")
    config = {"file": str(directory / "settled.jsonl"), "on_disconnect": request.param}
    stage = {"use": f"{settlement_log.__file__}:SettlementLog", "config": config}
    async with running_gateway(directory, CONFIG | {"pipeline": ["auth", stage]}, state(standin.base_url)) as running:
        yield Settlements(running, directory / "settled.jsonl")


@contextlib.asynccontextmanager
async def client(settlements: Settlements) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=settlements.gateway.url, headers={"authorization": f"Bearer {KEY}"}) as made:
        yield made


def policy(settlements: Settlements) -> str:
    return "drain" if "drain" in (settlements.gateway.directory / "aihub.yaml").read_text() else "cancel"


async def leave_after(settlements: Settlements, model: str, events: int, *, stream: bool = True) -> None:
    """Ask, read `events` events, and close the connection."""
    async with client(settlements) as http, http.stream("POST", CHAT, json=request(model, stream=stream)) as reply:
        seen = 0
        async for line in reply.aiter_lines():
            seen += line.startswith("data:")
            if seen == events:
                return


async def ask_and_leave(settlements: Settlements, standin: StandIn, model: str, *, stream: bool) -> None:
    """Leave as soon as the vendor has the request: nothing has come back yet."""
    async with client(settlements) as http:
        asking = asyncio.ensure_future(http.post(CHAT, json=request(model, stream=stream)))
        async with asyncio.timeout(5):
            while not standin.requests(model):
                await asyncio.sleep(0.01)
        asking.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asking


async def test_a_begun_stream_is_cancelled_or_drained_as_its_stage_wants(settlements: Settlements, standin: StandIn) -> None:
    model = f"leave-middle-{policy(settlements)}"
    standin.on(model, sse_answer(*text_stream(*"abcdefghij"), usage_chunk(), DONE, pause=0.05))
    await leave_after(settlements, model, 2)
    row = await settlements.wait_for(model)
    assert row["outcome"] == "caller_left"
    (sent,) = standin.requests(model)
    if policy(settlements) == "drain":
        assert row["usage"]["input"] == 9
        assert not sent.left.is_set()
    else:
        assert row["usage"] is None
        async with asyncio.timeout(1):
            await sent.left.wait()


async def test_a_stream_without_a_first_event_is_closed(settlements: Settlements, standin: StandIn) -> None:
    model = f"leave-first-{policy(settlements)}"
    standin.on(model, Answer(200, {"content-type": "text/event-stream"}, [b": ping\n\n"], hold=True))
    await ask_and_leave(settlements, standin, model, stream=True)
    async with asyncio.timeout(1 if policy(settlements) == "cancel" else 4):
        await standin.requests(model)[0].left.wait()
    row = await settlements.wait_for(model)
    assert row["outcome"] == ("caller_left" if policy(settlements) == "cancel" else "failed")


async def test_a_unary_call_runs_to_its_end_and_its_usage_is_known(settlements: Settlements, standin: StandIn) -> None:
    model = f"leave-unary-{policy(settlements)}"
    standin.on(model, json_answer(completion()))
    standin.on(model, Answer(200, {"content-type": "application/json"}, [orjson.dumps(completion())], wait=0.5))
    await ask_and_leave(settlements, standin, model, stream=False)
    row = await settlements.wait_for(model)
    assert row["usage"]["output"] == 3
    assert row["attempts"] == 1
    assert row["attempts_done"] == 1


async def test_nothing_is_tried_again_for_a_caller_that_left(settlements: Settlements, standin: StandIn) -> None:
    model = f"leave-retry-{policy(settlements)}"
    standin.on(model, Answer(500, {"content-type": "application/json"}, [b"{}"], wait=0.3))
    await ask_and_leave(settlements, standin, model, stream=False)
    assert (await settlements.wait_for(model))["attempts"] == 1


async def test_a_hundred_callers_leave_at_random_moments_and_each_is_settled_once(
    settlements: Settlements, standin: StandIn
) -> None:
    model = f"leave-storm-{policy(settlements)}"
    standin.on(model, sse_answer(*text_stream(*"abcdefghij"), usage_chunk(), DONE, pause=0.01))
    await asyncio.gather(*(leave_after(settlements, model, number % 13) for number in range(100)))
    async with asyncio.timeout(10):
        while len(settlements.of(model)) < 100 or model in standin.open_answers:
            await asyncio.sleep(0.05)
    rows = settlements.of(model)
    assert len(rows) == 100
    assert all(row["attempts_done"] == row["attempts"] == 1 for row in rows)
    async with client(settlements) as http:
        status = (await http.get("/api/status")).json()
    assert status["flows"] == 0
