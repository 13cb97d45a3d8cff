"""Someone's own Litestar app mounts the gateway beside its own routes."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar, get
from litestar.testing import AsyncTestClient

from app.config.settings import Settings
from app.db.opening import opened
from app.plugin import GatewayPlugin
from app.secrets import load
from app.seed import seed

ENVIRON = {"AIHUB_SECRET_KEY": "a secret of the tests only"}


@get("/mine")
async def mine() -> dict[str, str]:
    return {"whose": "mine"}


@pytest.fixture
async def key(tmp_path: Path) -> str:
    secrets = load(ENVIRON, tmp_path)
    async with opened(f"sqlite:///{tmp_path}/aihub.db", tmp_path, secrets) as engine:
        seeded = await seed(engine, secrets)
    assert seeded is not None
    return seeded.key


@pytest.fixture
async def client(tmp_path: Path, key: str) -> AsyncIterator[AsyncTestClient[Litestar]]:
    settings = Settings(database=f"sqlite:///{tmp_path}/aihub.db")
    app = Litestar([mine], plugins=[GatewayPlugin(settings, ENVIRON)])
    async with AsyncTestClient(app, base_url="http://testserver.local") as made:
        yield made


def hello(**more: Any) -> dict[str, Any]:
    return {"model": "echo", "messages": [{"role": "user", "content": "Hello"}], **more}


async def test_the_gateway_answers_below_its_own_prefixes(client: AsyncTestClient[Litestar], key: str) -> None:
    reply = await client.post("/v1/chat/completions", json=hello(), headers={"x-api-key": key})
    assert reply.json()["choices"][0]["message"]["content"] == "Hello"
    stream = await client.post("/v1/chat/completions", json=hello(stream=True), headers={"x-api-key": key})
    assert stream.text.endswith("data: [DONE]\n\n")


async def test_the_app_keeps_its_own_routes_and_its_own_404(client: AsyncTestClient[Litestar]) -> None:
    assert (await client.get("/mine")).json() == {"whose": "mine"}
    assert (await client.get("/nothing")).json() == {"status_code": 404, "detail": "Not Found"}


async def test_the_gateways_errors_stay_in_its_callers_format(client: AsyncTestClient[Litestar]) -> None:
    reply = await client.post("/v1/chat/completions", json=hello())
    assert (reply.status_code, reply.json()["error"]["code"]) == (401, "missing_api_key")


async def test_the_probes_and_the_console_come_along(client: AsyncTestClient[Litestar]) -> None:
    assert (await client.get("/readyz")).status_code == 200
    assert "<title>AiHub</title>" in (await client.get("/console/")).text
