"""The gateway of deploy/compose.yaml without containers: its commands and configuration, one PostgreSQL, one Redis, two nodes."""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests import postgres, redis
from tests.deploy.composed import CONFIG, DEPLOY, NODES, SERVICES, command, node_environment
from tests.support.chat import DONE, request
from tests.support.gateway import AIHUB, RunningGateway, clean_environ, free_port, serving

CHAT = "/v1/chat/completions"


@pytest.fixture(scope="module")
def stores() -> Iterator[dict[str, str]]:
    """PostgreSQL and Redis, as the variables that lead there."""
    for needed in (postgres, redis):
        if not needed.installed():
            pytest.skip(needed.MISSING)
    with postgres.cluster() as database, redis.redis_server() as counters:
        yield {"DATABASE_URL": database.create_database(), "REDIS_URL": counters.url}


@pytest.fixture(scope="module")
async def nodes(stores: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[RunningGateway]]:
    directory = tmp_path_factory.mktemp("nodes")
    shutil.copytree(CONFIG.parent, directory / "gateway")
    here = {"OTEL_SDK_DISABLED": "true", "AIHUB_HOST": "127.0.0.1", "PATH": f"{AIHUB.parent}:{os.environ['PATH']}"}
    environ = clean_environ(**node_environment() | stores | here)
    async with contextlib.AsyncExitStack() as stack:
        (directory / "apply").mkdir()
        words = command(SERVICES["apply"], directory / "gateway")
        apply = await asyncio.create_subprocess_exec(*words, cwd=directory / "apply", env=environ)
        assert await apply.wait() == 0
        running = []
        for name, node in NODES.items():
            (directory / name).mkdir()
            served = serving(directory / name, environ, *command(node, directory / "gateway"))
            running.append(await stack.enter_async_context(served))
        yield running


async def status(node: RunningGateway, key: str) -> int:
    async with httpx.AsyncClient(base_url=node.url, headers={"x-api-key": key}) as client:
        return (await client.post(CHAT, json=request("echo"))).status_code


async def test_a_key_made_at_one_node_is_known_at_each_and_withdrawn_at_each(nodes: list[RunningGateway]) -> None:
    first, second = nodes
    _, out, _ = await first.aihub("token", "create", "--user", "admin", "--name", "laptop")
    key = out.strip()
    assert [await status(node, key) for node in nodes] == [200, 200]
    await second.aihub("token", "disable", "laptop")
    async with asyncio.timeout(5):
        while [await status(node, key) for node in nodes] != [403, 403]:
            await asyncio.sleep(0.1)


async def test_a_node_follows_a_configuration_that_an_editor_replaces(nodes: list[RunningGateway]) -> None:
    gateway = nodes[0].directory.parent / "gateway"
    (gateway / "draft").write_text((gateway / "aihub.yaml").read_text() + "\npipeline: [auth]\n")
    (gateway / "draft").rename(gateway / "aihub.yaml")
    async with httpx.AsyncClient() as client, asyncio.timeout(10):
        while [(await client.get(f"{node.url}/api/status")).json()["stages"] for node in nodes] != [["auth"], ["auth"]]:
            await asyncio.sleep(0.1)
        shutil.copy(CONFIG, gateway)
        while ["auth"] in [(await client.get(f"{node.url}/api/status")).json()["stages"] for node in nodes]:
            await asyncio.sleep(0.1)


async def test_nobody_gets_a_password_that_he_did_not_ask_for(nodes: list[RunningGateway]) -> None:
    for node in nodes:
        assert "password" not in await node.banner()


@pytest.fixture
async def proxy(nodes: list[RunningGateway], tmp_path: Path) -> AsyncIterator[str]:
    """The address of the proxy, which has deploy/Caddyfile but for the addresses in it."""
    site, metrics = free_port(), free_port()
    text = (DEPLOY / "Caddyfile").read_text().replace(":9180", f":{metrics}").replace("{\n", "{\n\tadmin off\n", 1)
    for name, node in zip(NODES, nodes, strict=True):
        text = text.replace(f"{name}:8080", f"127.0.0.1:{node.port}")
    (tmp_path / "Caddyfile").write_text(text)
    environ = clean_environ(SITE_ADDRESS=f":{site}", XDG_DATA_HOME=str(tmp_path), XDG_CONFIG_HOME=str(tmp_path))
    process = await asyncio.create_subprocess_exec("caddy", "run", cwd=tmp_path, env=environ, stderr=asyncio.subprocess.DEVNULL)
    url = f"http://127.0.0.1:{site}"
    async with httpx.AsyncClient() as client, asyncio.timeout(20):
        while True:
            with contextlib.suppress(httpx.TransportError):
                await client.get(f"{url}/readyz")
                break
            await asyncio.sleep(0.1)
    yield url
    process.terminate()
    await process.wait()


@pytest.mark.skipif(
    not shutil.which("caddy"), reason="caddy is not installed (go install github.com/caddyserver/caddy/v2/cmd/caddy@v2.11.4)"
)
async def test_the_proxy_passes_every_stream_on_whole(nodes: list[RunningGateway], proxy: str) -> None:
    """As many as it took for some to be cut, most times, when the Caddyfile was without its `enable_full_duplex`."""
    _, out, _ = await nodes[0].aihub("token", "create", "--user", "admin", "--name", "through-the-proxy")
    headers = {"x-api-key": out.strip()}

    asked = request("echo:pace=0.02", "one two three four five six", stream=True)
    async with httpx.AsyncClient(base_url=proxy, headers=headers, timeout=30) as client:

        async def streams() -> list[bytes]:
            return [(await client.post(CHAT, json=asked)).content for _ in range(20)]

        answers = await asyncio.gather(*(streams() for _ in range(32)))
    assert [answer for caller in answers for answer in caller if not answer.endswith(DONE)] == []
