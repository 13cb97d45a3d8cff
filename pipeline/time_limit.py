"""How long one call of a stage's hook may take.

A hook that answers without waiting never meets a timer. Waiting for the caller's body is the caller's doing and not counted.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from pipeline.waiting import Waiting

if TYPE_CHECKING:
    from pipeline.flow import Flow

TIMED = frozenset(
    ("request", "admit", "target", "upstream_request", "upstream_response", "response", "chunk", "inbound", "error")
)
"""The hooks on the caller's way. Those that settle are waited for: to cut off `done` is to lose what it had to write."""


class StageTooSlow(Exception):
    """A hook took longer than its stage's limit."""


class StageClock:
    """The time that is left to the hook that a flow is in."""

    __slots__ = ("_left", "_limit", "_since")

    def __init__(self, limit: asyncio.Timeout, seconds: float) -> None:
        self._limit = limit
        self._left = seconds
        self._since = 0.0

    def run(self) -> None:
        self._since = asyncio.get_running_loop().time()
        self._limit.reschedule(self._since + self._left)

    def pause(self) -> None:
        if not self._limit.expired():
            self._left -= asyncio.get_running_loop().time() - self._since
            self._limit.reschedule(None)


def limited(name: str, hook: Callable[..., Awaitable[Any]], seconds: float) -> Callable[..., Awaitable[Any]]:
    """The hook called `name`, raising `StageTooSlow` instead of taking longer than `seconds`."""

    @wraps(hook)
    async def call(flow: "Flow", *arguments: Any) -> Any:
        work: Any = hook(flow, *arguments)
        try:
            # Started by hand: most hooks end without giving up their turn, and then need no more than this.
            step = work.send(None)
        except StopIteration as end:
            return end.value
        limit = asyncio.timeout(None)
        try:
            async with limit:
                clock = StageClock(limit, seconds)
                if not flow.reads_body:
                    clock.run()
                flow.clock = clock
                return await Waiting(work, step)
        except TimeoutError:
            if not limit.expired():
                raise
            raise StageTooSlow(f"`{name}` took longer than {seconds:g} s") from None
        finally:
            flow.clock = None

    return call
