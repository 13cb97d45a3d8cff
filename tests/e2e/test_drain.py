"""The end of the server, and of one of its workers."""

import asyncio
import os
import signal
from pathlib import Path
from typing import Any

import httpx
import orjson

from tests.e2e.conftest import CONFIG, KEY, state
from tests.support import settlement_log
from tests.support.chat import DONE, completion, request, text_stream
from tests.support.gateway import running_gateway
from tests.support.standin import StandIn, json_answer, sse_answer

CHAT = "/v1/chat/completions"
HEADERS = {"authorization": f"Bearer {KEY}"}


def settlements(directory: Path) -> dict[str, Any]:
    rows = [orjson.loads(line) for line in (directory / "settled.jsonl").read_bytes().splitlines()]
    return {row["model"]: row["outcome"] for row in rows}


def config(directory: Path, **server: Any) -> dict[str, Any]:
    stage = {"use": f"{settlement_log.__file__}:SettlementLog", "config": {"file": str(directory / "settled.jsonl")}}
    return CONFIG | {"server": server, "pipeline": ["auth", stage]}


async def until_asked(standin: StandIn, *models: str) -> None:
    async with asyncio.timeout(10):
        while not all(standin.requests(model) for model in models):
            await asyncio.sleep(0.01)


async def test_streams_finish_or_get_an_error_event_and_everything_settles(standin: StandIn, tmp_path: Path) -> None:
    standin.on("drain-ends", sse_answer(*text_stream(*"abcde"), DONE, pause=0.2))
    standin.on("drain-hangs", sse_answer(*text_stream("a")[:2], hold=True))
    async with running_gateway(tmp_path, config(tmp_path, drain_timeout=1.5), state(standin.base_url)) as gateway:
        async with httpx.AsyncClient(base_url=gateway.url, headers=HEADERS, timeout=20) as client:
            asked = [client.post(CHAT, json=request(model, stream=True)) for model in ("drain-ends", "drain-hangs")]
            running = asyncio.gather(*asked)
            await until_asked(standin, "drain-ends", "drain-hangs")
            os.kill(gateway.process.pid, signal.SIGTERM)
            finished, cut = await running
        assert finished.content.endswith(DONE)
        *_, last, nothing = cut.content.split(b"\n\n")
        assert (b'"code":"shutting_down"' in last, nothing) == (True, b"")
        async with asyncio.timeout(7):
            assert await gateway.process.wait() == 0
    assert settlements(tmp_path) == {"drain-ends": "completed", "drain-hangs": "cut"}
    assert "Traceback" not in gateway.log()


async def test_a_connection_kept_alive_brings_no_new_work(standin: StandIn, tmp_path: Path) -> None:
    standin.on("drain-holds", sse_answer(*text_stream("a")[:2], hold=True))
    async with (
        running_gateway(tmp_path, config(tmp_path, drain_timeout=1.5), state(standin.base_url)) as gateway,
        httpx.AsyncClient(base_url=gateway.url, headers=HEADERS, timeout=20) as client,
    ):
        holding = asyncio.ensure_future(client.post(CHAT, json=request("drain-holds", stream=True)))
        await until_asked(standin, "drain-holds")
        os.kill(gateway.process.pid, signal.SIGTERM)
        async with asyncio.timeout(5):
            while (status := await status_of(client)) == 200:
                await asyncio.sleep(0.01)
        assert status in (None, 503)
        await holding


async def status_of(client: httpx.AsyncClient) -> int | None:
    try:
        return (await client.get("/readyz")).status_code
    except httpx.TransportError:
        return None


async def test_a_killed_worker_comes_back_and_the_other_serves_on(standin: StandIn, tmp_path: Path) -> None:
    standin.on("killed", json_answer(completion()))
    settings = config(tmp_path, workers=2) | {"redis": "redis://127.0.0.1:1/0"}
    async with running_gateway(tmp_path, settings, state(standin.base_url)) as gateway:
        before = gateway.worker_pids()
        assert len(before) == 2
        os.kill(before[0], signal.SIGKILL)
        answered = 0
        async with asyncio.timeout(20):
            while answered < 20 or len(gateway.worker_pids()) < len(before):
                # A new connection each time: the kernel may still hand one to the dead worker's listener.
                async with httpx.AsyncClient(base_url=gateway.url, headers=HEADERS) as client:
                    try:
                        answered += (await client.post(CHAT, json=request("killed"))).status_code == 200
                    except httpx.TransportError:
                        continue
        assert set(gateway.worker_pids()) != set(before)
