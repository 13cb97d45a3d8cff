"""Tells a call that only computed from one that had to wait."""

from collections.abc import Callable, Coroutine, Generator
from typing import Any


class Waiting:
    """The rest of a coroutine that has been started by hand and gave up its turn: `step` is what it waits for first."""

    __slots__ = ("_step", "_work")

    def __init__(self, work: Coroutine[Any, Any, Any], step: Any) -> None:
        self._work = work
        self._step = step

    def __await__(self) -> Generator[Any, Any, Any]:
        # This is `yield from`, written out because its first step has been taken already.
        work, step = self._work, self._step
        while True:
            try:
                yield step
            except GeneratorExit:
                work.close()
                raise
            except BaseException as problem:  # noqa: BLE001  # cancellation above all: it belongs inside
                go_on: Callable[[], Any] = _thrower(work, problem)
            else:
                go_on = _sender(work)
            try:
                step = go_on()
            except StopIteration as end:
                return end.value


def _sender(work: Coroutine[Any, Any, Any]) -> Callable[[], Any]:
    return lambda: work.send(None)


def _thrower(work: Coroutine[Any, Any, Any], problem: BaseException) -> Callable[[], Any]:
    return lambda: work.throw(problem)
