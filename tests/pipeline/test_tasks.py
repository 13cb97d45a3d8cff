"""Background work is kept, waited for, and its failure is told."""

import asyncio

import pytest

from pipeline.tasks import settle, spawn


async def test_settling_waits_for_what_runs() -> None:
    done = asyncio.Event()

    async def work() -> None:
        await asyncio.sleep(0)
        done.set()

    spawn(work(), "work")
    assert not done.is_set()
    assert await settle(5) == 0
    assert done.is_set()


async def test_settling_waits_for_nobody_when_nothing_runs() -> None:
    assert await settle(0) == 0


async def test_settling_counts_what_takes_too_long_and_leaves_it_running() -> None:
    release = asyncio.Event()

    async def work() -> str:
        await release.wait()
        return "done"

    task = spawn(work(), "slow")
    assert await settle(0) == 1
    assert not task.cancelled()
    release.set()
    assert await task == "done"
    assert await settle(0) == 0


async def test_a_task_that_settles_does_not_wait_for_itself() -> None:
    assert await spawn(settle(5), "settling") == 0


async def test_a_failure_is_logged_under_the_task_s_name(caplog: pytest.LogCaptureFixture) -> None:
    async def fail() -> None:
        raise ValueError("canary")

    task = spawn(fail(), "the failing one")
    await settle(5)
    assert task.done()
    assert "task the failing one failed" in caplog.text
    assert "canary" in caplog.text


async def test_a_cancelled_task_is_no_failure(caplog: pytest.LogCaptureFixture) -> None:
    task = spawn(asyncio.Event().wait(), "waiting")
    task.cancel()
    assert await settle(5) == 0
    assert caplog.text == ""
