"""Tells a call that only computed from one that had to wait."""

from collections.abc import Awaitable, Callable, Generator
from typing import Any, Generic, TypeVar

Result = TypeVar("Result")


class Watched(Generic[Result]):
    """Awaits `work` in its stead. `waited` is true once it gave the event loop its turn: it did I/O, or slept."""

    __slots__ = ("_work", "waited")

    def __init__(self, work: Awaitable[Result]) -> None:
        self._work = work
        self.waited = False

    def __await__(self) -> Generator[Any, Any, Result]:
        # This is `yield from`, written out for the sake of one line in it.
        steps = self._work.__await__()
        go_on: Callable[[], Any] = steps.__next__
        while True:
            try:
                step = go_on()
            except StopIteration as end:
                result: Result = end.value
                return result
            self.waited = True
            try:
                yield step
            except GeneratorExit:
                steps.close()
                raise
            except BaseException as problem:  # noqa: BLE001  # cancellation above all: it belongs inside
                go_on = _thrower(steps, problem)
            else:
                go_on = steps.__next__


def _thrower(steps: Generator[Any, Any, Any], problem: BaseException) -> Callable[[], Any]:
    return lambda: steps.throw(problem)
