"""A bound on each wait of a stream, at the price of one timer per stream: `asyncio.timeout` around every piece costs a third of
what passing the piece on costs."""

import asyncio


class IdleWatch:
    """`begin` and `end` enclose each wait. If one lasts `seconds`, its task is cancelled, and `expired` tells whose doing it was:

    watch.begin()
    try:
        piece = await source()
    except asyncio.CancelledError:
        if watch.expired():
            raise TimeoutError from None
        raise
    finally:
        watch.end()
    """

    __slots__ = ("_cancelling", "_fired", "_loop", "_seconds", "_since", "_task", "_timer")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._loop = asyncio.get_running_loop()
        self._since = 0.0
        self._task: asyncio.Task[object] | None = None
        self._cancelling = 0
        self._fired = False
        self._timer = self._loop.call_later(seconds, self._check)

    def begin(self) -> None:
        self._since = self._loop.time()
        self._task = asyncio.current_task()

    def end(self) -> None:
        self._task = None

    def expired(self) -> bool:
        """Whether the cancellation that just arrived is this watch's alone; if so it is taken back."""
        if not self._fired:
            return False
        self._fired = False
        task = asyncio.current_task()
        return task is not None and task.uncancel() <= self._cancelling

    def close(self) -> None:
        self._timer.cancel()

    def _check(self) -> None:
        task, left = self._task, self._since + self._seconds - self._loop.time()
        if task is not None and left <= 0:
            self._fired = True
            self._cancelling = task.cancelling()
            task.cancel()
            return
        self._timer = self._loop.call_later(left if task is not None else self._seconds, self._check)
