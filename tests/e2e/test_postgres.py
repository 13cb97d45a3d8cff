"""The same gateway on PostgreSQL."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.postgres import MISSING, Cluster, cluster, installed
from tests.support.chat import request
from tests.support.gateway import running_gateway

CHAT = "/v1/chat/completions"


@pytest.fixture(scope="module")
def postgres() -> Iterator[Cluster]:
    if not installed():
        pytest.skip(MISSING)
    with cluster() as made:
        yield made


async def test_it_migrates_seeds_serves_and_follows_changes(postgres: Cluster, tmp_path: Path) -> None:
    config = {"database": "${DATABASE}"}
    async with (
        running_gateway(tmp_path, config, None, DATABASE=postgres.create_database()) as gateway,
        httpx.AsyncClient(base_url=gateway.url) as client,
    ):
        _, key, _ = await gateway.aihub("token", "create", "--user", "admin", "--name", "laptop")
        client.headers["x-api-key"] = key.strip()
        assert (await client.post(CHAT, json=request("echo"))).status_code == 200
        await gateway.aihub("token", "disable", "laptop")
        async with asyncio.timeout(5):
            while (await client.post(CHAT, json=request("echo"))).status_code != 403:
                await asyncio.sleep(0.1)
