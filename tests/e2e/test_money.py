"""Every call is paid once, on one machine and on several, whoever leaves and whatever is killed."""

import asyncio
import os
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from providers.aiohttp_transport import AiohttpTransport
from tests import postgres, redis
from tests.support.accounts import accounts, settled_accounts
from tests.support.chat import request
from tests.support.gateway import RunningGateway, running_gateway

CHAT = "/v1/chat/completions"
KEY = "sk-payer-canary-77"
NANO = 10**9


def state(balance: str, **price: Any) -> dict[str, Any]:
    return {
        "users": [{"username": "payer", "balance_usd": balance}],
        "tokens": [{"name": "payer", "user": "payer", "key": KEY}],
        "channels": [{"name": "echo", "vendor": "echo", "models": ["echo*"]}],
        "prices": [{"model": "echo*", **price}],
    }


@pytest.fixture(scope="module")
def cluster() -> Iterator[postgres.Cluster]:
    if not postgres.installed():
        pytest.skip(postgres.MISSING)
    with postgres.cluster() as made:
        yield made


@pytest.fixture(scope="module")
def shared_redis() -> Iterator[redis.RedisServer]:
    if not redis.installed():
        pytest.skip(redis.MISSING)
    with redis.redis_server() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "aihub.db")
    made: postgres.Cluster = request.getfixturevalue("cluster")
    return made.create_database()


@asynccontextmanager
async def gateway(
    folder: Path, database: str, declared: dict[str, Any], **config: Any
) -> AsyncIterator[tuple[RunningGateway, httpx.AsyncClient]]:
    url = database if "://" in database else f"sqlite:///{database}"
    settings = {"database": url, "pipeline": ["auth", "billing"], **config}
    headers = {"authorization": f"Bearer {KEY}"}
    # httpx's own pool takes a minute for a thousand calls at once.
    transport = AiohttpTransport(10, None)
    async with (
        running_gateway(folder, settings, declared) as running,
        httpx.AsyncClient(transport=transport, base_url=running.url, headers=headers, timeout=60) as client,
    ):
        yield running, client


async def test_funds_for_a_hundred_calls_admit_exactly_a_hundred_of_a_thousand_over_two_workers(
    database: str, tmp_path: Path, shared_redis: redis.RedisServer
) -> None:
    shared_redis.flush()
    server = {"workers": 2}
    async with gateway(tmp_path, database, state("1", per_call="0.01"), server=server, redis=shared_redis.url) as (_, client):
        replies = await asyncio.gather(*(client.post(CHAT, json=request("echo")) for _ in range(1000)))
        assert Counter(reply.status_code for reply in replies) == {200: 100, 402: 900}
        found = await settled_accounts(database)
        found.check(opening=NANO)
        assert (found.balance, found.ended("settled")) == (0, 100)


async def test_callers_who_leave_at_random_moments_pay_once_and_none_goes_free(database: str, tmp_path: Path) -> None:
    chance = random.Random(7)

    async def leave(client: httpx.AsyncClient) -> bool:
        """Whether it had anything of the answer."""
        pieces = chance.randrange(6)
        if not pieces:
            with suppress(httpx.TimeoutException):
                await client.post(CHAT, json=request("echo:stall=5", stream=True), timeout=0.2)
            return False
        async with client.stream("POST", CHAT, json=request("echo:pace=0.02,repeat=5", stream=True)) as reply:
            async for _ in reply.aiter_raw():
                pieces -= 1
                if not pieces:
                    break
        return True

    async with gateway(tmp_path, database, state("10", input="1", output="1")) as (_, client):
        await client.post(CHAT, json=request("echo"))
        served = sum(await asyncio.gather(*(leave(client) for _ in range(200))))
        found = await settled_accounts(database)
        found.check(opening=10 * NANO)
        # Who left before the vendor was asked may go free, nobody else.
        assert served < found.ended("settled") <= len(found.charges)
        assert found.ended("settled") + found.ended("void", "caller_left") + found.ended("void", "rejected") == len(found.charges)


async def test_a_worker_that_is_killed_under_load_leaves_clean_books_and_its_holds_are_resolved(
    database: str, tmp_path: Path
) -> None:
    answered = 0

    async def call(client: httpx.AsyncClient) -> None:
        nonlocal answered
        for _ in range(40):
            with suppress(httpx.TransportError):
                answered += (await client.post(CHAT, json=request("echo:stall=0.02"))).status_code == 200

    async with gateway(tmp_path, database, state("10", per_call="0.01")) as (running, client):
        calls = asyncio.gather(*(call(client) for _ in range(20)))
        await asyncio.sleep(0.5)
        [worker] = running.worker_pids()
        os.kill(worker, signal.SIGKILL)
        await calls
        assert answered > 0
        (await accounts(database)).check(opening=10 * NANO)
        found = await settled_accounts(database, seconds=60)
        found.check(opening=10 * NANO)
        assert found.ended("settled") + found.ended("void", "worker_lost") == len(found.charges)
        assert found.ended("settled") >= answered - found.ended("void", "worker_lost")


async def test_the_database_may_be_away_for_a_while_and_no_settlement_is_lost(tmp_path: Path) -> None:
    if not postgres.installed():
        pytest.skip(postgres.MISSING)
    with postgres.cluster() as made:
        database = made.create_database()
        async with gateway(tmp_path, database, state("10", per_call="0.01")) as (_, client):
            assert (await client.post(CHAT, json=request("echo"))).status_code == 200
            slow = asyncio.gather(*(client.post(CHAT, json=request("echo:stall=1")) for _ in range(20)))
            await asyncio.sleep(0.5)
            made.stop()
            assert [reply.status_code for reply in await slow] == [200] * 20
            refused = await client.post(CHAT, json=request("echo"))
            assert (refused.status_code, refused.json()["error"]["code"]) == (503, "ledger_unavailable")
            assert int(refused.headers["retry-after"]) >= 1
            made.start()
            async with asyncio.timeout(20):
                while (await client.post(CHAT, json=request("echo"))).status_code != 200:
                    await asyncio.sleep(0.2)
            found = await settled_accounts(database)
            found.check(opening=10 * NANO)
            assert found.ended("settled", "completed") == 22
