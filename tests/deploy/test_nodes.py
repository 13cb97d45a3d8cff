"""The gateway of deploy/compose.yaml without containers: its configuration, its state, one PostgreSQL, two nodes."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.deploy.test_compose import DEPLOY, NODES, node_environment
from tests.postgres import MISSING, Cluster, cluster, installed
from tests.support.chat import DONE, request
from tests.support.gateway import AIHUB, RunningGateway, apply, clean_environ, free_port, serving

CHAT = "/v1/chat/completions"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    if not installed():
        pytest.skip(MISSING)
    with cluster() as made:
        yield made


@pytest.fixture(scope="module")
async def nodes(postgres: Cluster, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[list[RunningGateway]]:
    directory = tmp_path_factory.mktemp("nodes")
    shutil.copytree(DEPLOY / "gateway", directory / "gateway")
    here = {"DATABASE_URL": postgres.create_database(), "REDIS_URL": "redis://127.0.0.1:1/0", "OTEL_SDK_DISABLED": "true"}
    environ = clean_environ(**node_environment(directory / "gateway") | here, AIHUB_HOST="127.0.0.1")
    await apply(directory, environ, "gateway/state.yaml")
    (directory / "first").mkdir()
    (directory / "second").mkdir()
    async with (
        serving(directory / "first", environ, AIHUB, "serve") as first,
        serving(directory / "second", environ, AIHUB, "serve") as second,
    ):
        yield [first, second]


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
