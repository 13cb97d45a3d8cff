"""Calling hooks: guarded ones fail closed, contained ones never stop the others."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from pipeline.compile import Bound
from pipeline.errors import GatewayError, InternalError
from pipeline.flow import Flow
from pipeline.time_limit import StageTooSlow

log = logging.getLogger("aihub.pipeline")


async def run_guarded(
    hooks: tuple[Bound, ...], flow: Flow, *arguments: Any, words: tuple[type[Exception], ...] = (GatewayError,)
) -> None:
    """In order; what is raised is the stage's word if it is one of `words`, else a crash: 500, named in the log only."""
    for name, hook in hooks:
        await call_guarded(name, hook, flow, *arguments, words=words)


async def call_guarded(
    name: str,
    hook: Callable[..., Awaitable[Any]],
    flow: Flow,
    *arguments: Any,
    words: tuple[type[Exception], ...] = (GatewayError,),
) -> Any:
    """One hook, and what it returns."""
    try:
        return await (hook(*arguments) if flow.trace is None else flow.trace.call(name, hook, *arguments))
    except words:
        raise
    except (Exception, asyncio.CancelledError) as crash:
        raise_if_cancelled(crash)
        raise crashed(name, flow, crash) from crash


async def run_contained(hooks: tuple[Bound, ...], flow: Flow, *arguments: Any) -> None:
    """All of them, whatever happens in one."""
    for name, hook in hooks:
        try:
            await (hook(*arguments) if flow.trace is None else flow.trace.call(name, hook, *arguments))
        except (Exception, asyncio.CancelledError) as crash:  # noqa: BLE001  # by contract: the other stages must still settle
            raise_if_cancelled(crash)
            crashed(name, flow, crash)


def raise_if_cancelled(crash: BaseException) -> None:
    """A `CancelledError` is for the engine if this task was cancelled; else a stage awaited something that was: it crashed."""
    task = asyncio.current_task()
    if isinstance(crash, asyncio.CancelledError) and task is not None and task.cancelling():
        raise crash


def crashed(name: str, flow: Flow, crash: BaseException) -> InternalError:
    """Logs the crash under the flow's id and returns the error that the caller may see."""
    if isinstance(crash, StageTooSlow):
        log.error("flow %s: stage %s timed out: %s", flow.id, name, crash)
    else:
        log.error("flow %s: stage %s crashed", flow.id, name, exc_info=crash)
    if flow.trace is not None:
        flow.trace.note("stage crashed", stage=name, exception=type(crash).__name__)
    if isinstance(crash, StageTooSlow):
        return InternalError("The gateway took too long to handle this request.", code="stage_timeout")
    return InternalError("The gateway failed to handle this request.", code="stage_failed")
