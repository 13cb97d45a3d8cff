"""Two gateways on one Redis: one limit, whatever happens to Redis or to one of them."""

import asyncio
import contextlib
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from app.stores.limits.counters import WORKERS
from tests.e2e.conftest import CONFIG, state
from tests.redis import MISSING, RedisServer, installed, redis_server
from tests.support.chat import request
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.standin import Answer, StandIn

CHAT = "/v1/chat/completions"
LIMIT = 300
OVER = 0.01
"""The share of a limit by which two gateways may be over it."""


def key(name: str) -> str:
    return f"sk-test-of-{name}"


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    if not installed():
        pytest.skip(MISSING)
    with redis_server() as server:
        yield server


@pytest.fixture
async def two(standin: StandIn, redis: RedisServer, tmp_path: Path) -> AsyncIterator[list[RunningGateway]]:
    """The second has two workers."""
    redis.flush()
    tokens = [
        {"name": name, "user": "alice", "key": key(name), "limits": limits}
        for name, limits in {"minute": {"rpm": LIMIT}, "open": {"concurrent": 4}}.items()
    ]
    config = CONFIG | {"database": f"sqlite:///{tmp_path}/shared.db", "redis": redis.url, "pipeline": ["auth", "rate_limit"]}
    second = config | {"server": CONFIG["server"] | {"workers": 2}}
    declared = state(standin.base_url) | {"tokens": tokens}
    secret = {"AIHUB_SECRET_KEY": "a secret of the tests only"}
    async with (
        running_gateway(tmp_path / "one", config, declared, **secret) as one,
        running_gateway(tmp_path / "two", second, None, **secret) as other,
    ):
        # A gateway is ready with its first worker.
        await all_alive(redis)
        yield [one, other]


@contextlib.asynccontextmanager
async def clients(gateways: list[RunningGateway], name: str) -> AsyncIterator[list[httpx.AsyncClient]]:
    headers = {"authorization": f"Bearer {key(name)}"}
    async with contextlib.AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(
                httpx.AsyncClient(base_url=each.url, headers=headers, timeout=30, limits=httpx.Limits(max_connections=50))
            )
            for each in gateways
        ]


async def load(https: list[httpx.AsyncClient], times: int) -> Counter[int]:
    """So many calls at each, as fast as they go."""
    replies = await asyncio.gather(*[http.post(CHAT, json=request("echo")) for _ in range(times) for http in https])
    return Counter(reply.status_code for reply in replies)


async def test_together_they_admit_the_limit(two: list[RunningGateway]) -> None:
    async with clients(two, "minute") as https:
        seen = await load(https, LIMIT)
    assert set(seen) == {200, 429}
    assert LIMIT <= seen[200] <= LIMIT * (1 + OVER)


async def test_redis_is_stopped_and_started_under_load(two: list[RunningGateway], redis: RedisServer) -> None:
    async with clients(two, "minute") as https:
        seen = await load(https, 50)
        redis.stop()
        try:
            seen += await load(https, 50)
        finally:
            redis.start()
        seen += await load(https, 25)
        await all_alive(redis)
        seen += await load(https, LIMIT)
    assert set(seen) == {200, 429}, "no call failed"
    assert seen[200] <= LIMIT * 1.1
    assert seen[200] >= LIMIT * 0.9


async def test_slots_of_a_killed_gateway_are_free_when_its_lease_is_stale(
    two: list[RunningGateway], standin: StandIn, redis: RedisServer
) -> None:
    standin.on("m-hold", Answer(200, {"content-type": "text/event-stream"}, [b'data: {"choices": []}\n\n'], hold=True))
    one = two[0]
    async with clients(two, "open") as (first, second):
        async with contextlib.AsyncExitStack() as stack:
            for _ in range(4):
                held = first.stream("POST", CHAT, json=request("m-hold", stream=True))
                assert (await stack.enter_async_context(held)).status_code == 200
            assert (await second.post(CHAT, json=request("echo"))).status_code == 429
            os.killpg(one.process.pid, signal.SIGKILL)
            await one.process.wait()
            with contextlib.suppress(httpx.TransportError):
                await stack.aclose()
        assert (await second.post(CHAT, json=request("echo"))).status_code == 429, "it could be alive"
        for lease in live(redis):
            # Half a minute later. The other gateway's workers beat, and find themselves again.
            redis.command("ZINCRBY", WORKERS, "-31000", lease)
        async with asyncio.timeout(20):
            while (await second.post(CHAT, json=request("echo"))).status_code != 200 or len(live(redis)) < 2:
                await asyncio.sleep(0.1)
        seen = await load([second], 12)
    assert set(seen) <= {200, 429}


async def test_a_gateway_that_stops_leaves_no_lease(two: list[RunningGateway], redis: RedisServer) -> None:
    two[0].process.terminate()
    await two[0].process.wait()
    assert len(live(redis)) == 2


async def all_alive(redis: RedisServer) -> None:
    async with asyncio.timeout(30):
        while len(live(redis)) < 3:
            await asyncio.sleep(0.05)


def live(redis: RedisServer) -> list[str]:
    """The leases of the workers."""
    return [line for line in redis.command("ZRANGE", WORKERS, "0", "-1").decode().split("\r\n")[1:] if line[:1] not in ("", "$")]
