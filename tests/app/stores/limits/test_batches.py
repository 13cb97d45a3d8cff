"""Calls that go together, each with its own answer, and none that waits for ever."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from redis.exceptions import NoScriptError

from app.stores.limits.batches import TOGETHER, Batches, Call, WrongReply
from app.stores.limits.counters import WORKERS
from tests.redis import RedisServer


@pytest.fixture
async def batches(redis: RedisServer) -> AsyncIterator[Batches]:
    made = Batches(redis.url, 5.0)
    await made.load()
    yield made
    await made.close()


async def beat(batches: Batches, lease: str) -> str:
    state, _ = await batches.call("beat", [WORKERS], lease, 30_000)
    return state


async def test_everybody_gets_the_own_answer(batches: Batches) -> None:
    await batches.call("beat", [WORKERS], "alive", 30_000, "none")
    leases = ["alive" if number % 3 else "dead" for number in range(200)]
    states = await asyncio.gather(*[beat(batches, lease) for lease in leases])
    assert states == ["kept" if lease == "alive" else "unknown" for lease in leases]


async def test_those_who_ask_meanwhile_go_together(batches: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    executed = batches._executed

    async def counted(batch: list[Call]) -> list[str | Exception]:
        sizes.append(len(batch))
        return await executed(batch)

    monkeypatch.setattr(batches, "_executed", counted)
    await asyncio.gather(*[beat(batches, "x") for _ in range(TOGETHER * 2 + 5)])
    assert sizes == [TOGETHER, TOGETHER, 5]


async def test_who_leaves_takes_nobody_along(batches: Batches) -> None:
    asking = [asyncio.ensure_future(beat(batches, "x")) for _ in range(40)]
    await asyncio.sleep(0)
    for each in asking[::2]:
        each.cancel()
    answers = await asyncio.gather(*asking, return_exceptions=True)
    assert answers[1::2] == ["unknown"] * 20
    assert all(isinstance(answer, asyncio.CancelledError) for answer in answers[::2])


async def test_what_waits_behind_a_hanging_redis_is_told_at_once(redis: RedisServer) -> None:
    batches = Batches(redis.url, 0.2)
    await batches.load()
    redis.command("CLIENT", "PAUSE", "1500", "ALL")
    async with asyncio.timeout(1.2):
        answers = await asyncio.gather(*[beat(batches, "x") for _ in range(TOGETHER * 20)], return_exceptions=True)
    assert all(isinstance(answer, TimeoutError) for answer in answers)
    redis.command("CLIENT", "UNPAUSE")
    await batches.close()


async def test_a_script_that_redis_forgot_is_an_error_until_it_is_loaded(batches: Batches, redis: RedisServer) -> None:
    redis.command("SCRIPT", "FLUSH")
    with pytest.raises(NoScriptError):
        await beat(batches, "x")
    await batches.load()
    assert await beat(batches, "x") == "unknown"


async def test_an_answer_to_another_call_is_not_believed(batches: Batches, monkeypatch: pytest.MonkeyPatch) -> None:
    async def of_another(batch: list[Call]) -> list[str | Exception]:
        return ["-1 kept 1"]

    monkeypatch.setattr(batches, "_executed", of_another)
    with pytest.raises(WrongReply):
        await beat(batches, "x")
