"""Background tasks: a reference is kept, a failure is logged, and shutdown can wait for them."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger("aihub.tasks")
_running: set[asyncio.Task[Any]] = set()
_services: set[asyncio.Task[Any]] = set()


def spawn(work: Coroutine[Any, Any, Any], name: str, *, service: bool = False) -> asyncio.Task[Any]:
    """Run `work` beside the caller. Whoever wants its result awaits the task; others may forget it. A `service` goes on until
    its owner ends it: `settle` does not wait for it."""
    task = asyncio.get_running_loop().create_task(work, name=name)
    (_services if service else _running).add(task)
    task.add_done_callback(_finished)
    return task


def _finished(task: asyncio.Task[Any]) -> None:
    _running.discard(task)
    _services.discard(task)
    if not task.cancelled() and (failure := task.exception()) is not None:
        log.error("task %s failed", task.get_name(), exc_info=failure)


async def settle(timeout: float) -> int:
    """Wait up to `timeout` seconds for this loop's tasks, and those that they start; returns how many were still running then."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + timeout
    while running := {task for task in _running if task.get_loop() is loop and task is not asyncio.current_task()}:
        left = deadline - loop.time()
        if left <= 0:
            break
        await asyncio.wait(running, timeout=left)
    return len(running)
