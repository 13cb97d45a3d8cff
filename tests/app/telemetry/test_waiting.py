"""`Watched` must be as good as awaiting itself: results, errors, timeouts, cancellation."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from app.telemetry.waiting import Watched


async def computes() -> int:
    return 7


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


@pytest.mark.parametrize(("work", "waited"), [(computes, False), (sleeps, True)])
async def test_it_tells_who_waited(work: Callable[[], Awaitable[int]], waited: bool) -> None:
    watched = Watched(work())
    assert await watched == 7
    assert watched.waited is waited


async def test_a_future_is_awaited_too() -> None:
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, 7)
    watched = Watched(future)
    assert (await watched, watched.waited) == (7, True)


async def test_what_it_raises_passes() -> None:
    with pytest.raises(ValueError, match="after a wait"):
        await Watched(breaks())


async def test_a_timeout_ends_it() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await Watched(asyncio.sleep(60))


async def test_cancellation_arrives_inside_where_it_may_be_answered() -> None:
    async def outer() -> int:
        return await Watched(tidies_up())

    task = asyncio.ensure_future(outer())
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

    steps = Watched(held()).__await__()
    next(steps)
    steps.close()
    assert closed == [True]
