"""Calling hooks: guarded ones fail closed, contained ones never stop the others."""

import logging
from typing import Any

from pipeline.compile import Bound
from pipeline.errors import GatewayError, InternalError
from pipeline.flow import Flow
from pipeline.stage import SkipTarget

log = logging.getLogger("aihub.pipeline")


async def run_guarded(hooks: tuple[Bound, ...], flow: Flow, *arguments: Any) -> None:
    """In order; a `GatewayError` or `SkipTarget` is the stage's word, anything else a crash: 500, named in the log only."""
    for name, hook in hooks:
        try:
            await hook(*arguments)
        except (GatewayError, SkipTarget):
            raise
        except Exception as crash:
            raise crashed(name, flow, crash) from crash


async def run_contained(hooks: tuple[Bound, ...], flow: Flow, *arguments: Any) -> None:
    """All of them, whatever happens in one."""
    for name, hook in hooks:
        try:
            await hook(*arguments)
        except Exception as crash:  # noqa: BLE001  # contained by contract: the other stages must still settle
            crashed(name, flow, crash)


def crashed(name: str, flow: Flow, crash: BaseException) -> InternalError:
    """Logs the crash under the flow's id and returns the error that the caller may see."""
    log.error("flow %s: stage %s crashed", flow.id, name, exc_info=crash)
    return InternalError("The gateway failed to handle this request.", code="stage_failed")
