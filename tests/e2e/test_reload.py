"""The configuration changes under load: a valid one is in force at once, an invalid one changes nothing."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.e2e.conftest import CONFIG, KEY, NARROW_KEY, state
from tests.support.chat import DONE, request, text_stream
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.standin import StandIn, sse_answer

CHAT = "/v1/chat/completions"
OPEN: dict[str, Any] = CONFIG | {"pipeline": ["auth"]}
LIMITED: dict[str, Any] = CONFIG | {"pipeline": ["auth", {"ip_allowlist": {"allow": ["10.0.0.0/8"]}}]}


@pytest.fixture
async def gateway(standin: StandIn, tmp_path: Path) -> AsyncIterator[RunningGateway]:
    async with running_gateway(tmp_path, OPEN, state(standin.base_url)) as running:
        yield running


@pytest.fixture
async def client(gateway: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=gateway.url, headers={"authorization": f"Bearer {KEY}"}, timeout=20) as made:
        yield made


def write(gateway: RunningGateway, config: dict[str, Any] | str) -> None:
    """As editors do: a new file takes the old one's place."""
    text = config if isinstance(config, str) else yaml.safe_dump(config, sort_keys=False)
    new = gateway.directory / "aihub.yaml.new"
    new.write_text(text)
    new.replace(gateway.directory / "aihub.yaml")


async def until_status(client: httpx.AsyncClient, status: int) -> None:
    async with asyncio.timeout(10):
        while (await client.post(CHAT, json=request("echo"))).status_code != status:
            await asyncio.sleep(0.05)


async def until_logged(gateway: RunningGateway, text: str, times: int = 1) -> None:
    async with asyncio.timeout(10):
        while gateway.log().count(text) < times:
            await asyncio.sleep(0.05)


async def test_a_changed_file_is_followed(gateway: RunningGateway, client: httpx.AsyncClient) -> None:
    write(gateway, LIMITED)
    await until_status(client, 403)
    write(gateway, OPEN)
    await until_status(client, 200)


async def test_a_flow_keeps_the_pipeline_it_began_with(
    gateway: RunningGateway, client: httpx.AsyncClient, standin: StandIn
) -> None:
    standin.on("reload-keeps", sse_answer(*text_stream(*"abcdefghij"), DONE, pause=0.2))
    streaming = asyncio.ensure_future(client.post(CHAT, json=request("reload-keeps", stream=True)))
    write(gateway, LIMITED)
    await until_status(client, 403)
    assert (await streaming).content.endswith(DONE)


async def test_an_invalid_file_changes_nothing_and_says_where(gateway: RunningGateway, client: httpx.AsyncClient) -> None:
    write(gateway, "pipeline:\n  - auth\n  - ip_alowlist\n")
    await until_logged(gateway, "aihub.yaml:3:5: pipeline[1]: ")
    assert "did you mean 'ip_allowlist'" in gateway.log()
    assert (await client.post(CHAT, json=request("echo"))).status_code == 200


async def test_what_needs_a_restart_is_said(gateway: RunningGateway) -> None:
    write(gateway, OPEN | {"server": CONFIG["server"] | {"max_flows": 7}})
    await until_logged(gateway, "restart needed for what changed in: server")


async def test_a_hundred_reloads_under_load_fail_no_request(gateway: RunningGateway, client: httpx.AsyncClient) -> None:
    statuses: list[int] = []
    stop = asyncio.Event()

    async def load() -> None:
        while not stop.is_set():
            statuses.append((await client.post(CHAT, json=request("echo", stream=True))).status_code)

    async def reload() -> None:
        for number in range(100):
            text, said = (OPEN, "was reloaded") if number % 2 else ("pipeline: [auht]\n", "was not reloaded")
            before = gateway.log().count(said)
            write(gateway, text)
            os.kill(gateway.process.pid, signal.SIGHUP)
            await until_logged(gateway, said, before + 1)
        stop.set()

    await asyncio.gather(reload(), *(load() for _ in range(4)))
    assert set(statuses) == {200}
    assert gateway.log().count("was not reloaded") >= 50
    assert NARROW_KEY not in gateway.log()
