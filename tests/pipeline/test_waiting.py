"""`Waiting` must be as good as awaiting the work itself: results, errors, timeouts, cancellation."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from pipeline.waiting import Waiting


async def rest_of(work: Coroutine[Any, Any, Any]) -> Any:
    """The first step by hand, as `FlowTrace.call` takes it; all of this work has one."""
    return await Waiting(work, work.send(None))


async def sleeps() -> int:
    await asyncio.sleep(0)
    await asyncio.sleep(0.001)
    return 7


async def breaks() -> int:
    await asyncio.sleep(0)
    raise ValueError("after a wait")


async def tidies_up() -> int:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        await asyncio.sleep(0)
        return 7
    return 0


async def has_a_deadline_of_its_own() -> int:
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(60)
    except TimeoutError:
        return 7
    return 0


@pytest.mark.parametrize("work", [sleeps, has_a_deadline_of_its_own])
async def test_what_it_returns_passes(work: Any) -> None:
    assert await rest_of(work()) == 7


async def test_what_it_raises_passes() -> None:
    with pytest.raises(ValueError, match="after a wait"):
        await rest_of(breaks())


async def test_a_timeout_around_it_ends_it() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await rest_of(asyncio.sleep(60))


async def test_cancellation_arrives_inside_where_it_may_be_answered() -> None:
    task = asyncio.ensure_future(rest_of(tidies_up()))
    await asyncio.sleep(0)
    task.cancel()
    assert await task == 7


async def test_closing_it_closes_the_work() -> None:
    closed = []

    async def held() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            closed.append(True)

    outer = rest_of(held())
    outer.send(None)
    outer.close()
    assert closed == [True]
