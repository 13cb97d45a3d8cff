"""One compiled pipeline and what serves it. A reload makes a new one; the old one lives until its last flow is settled."""

from collections.abc import Awaitable, Callable

from app.config.settings import Settings
from pipeline.runner import Runner
from pipeline.tasks import spawn


class Generation:
    """Counts its flows from their first hook to the end of their settlement. `close` runs once, after `retire` and the last."""

    def __init__(self, settings: Settings, runner: Runner, total: float, close: Callable[[], Awaitable[None]]) -> None:
        self.settings = settings
        self.runner = runner
        self.total = total
        self.flows = 0
        self._close = close
        self._retired = False

    def enter(self) -> None:
        self.flows += 1

    def leave(self) -> None:
        self.flows -= 1
        self._close_if_over()

    def retire(self) -> None:
        self._retired = True
        self._close_if_over()

    def _close_if_over(self) -> None:
        if self._retired and self.flows == 0:
            self._retired = False
            spawn(self._closed(), "close a pipeline generation")

    async def _closed(self) -> None:
        await self._close()
