"""What one traced flow notes while it runs. Spans are made of it when all is over: no SDK and no I/O on the flow's way."""

import inspect
import logging
import random
import time
from asyncio import CancelledError
from collections.abc import Callable
from dataclasses import dataclass
from types import CoroutineType
from typing import Any

from app.telemetry.context import SAMPLED, Parent, write_parent
from app.telemetry.waiting import Waiting
from pipeline.errors import GatewayError
from pipeline.flow import Attempt, Flow
from pipeline.stage import SkipTarget

log = logging.getLogger("aihub.telemetry")

SLOW = 0.001
"""Seconds from which on a hook has a span of its own, even if it only computed."""

MOST = 100
"""Calls, and notes, that are kept: a stage that is slow on each of ten thousand events shall not make as many spans."""

CONTENT_LIMIT = 32 << 10


@dataclass(frozen=True, slots=True)
class Call:
    """A hook that deserves a span. `problem` is the type of what it raised; `crashed`: that was no word of the stage's."""

    stage: str
    hook: str
    attempt: Attempt | None
    started: float
    ended: float
    problem: str | None
    crashed: bool


@dataclass(frozen=True, slots=True)
class Note:
    what: str
    at: float
    facts: dict[str, str | float]


class FlowTrace:
    """Implements `pipeline.ports.Trace`. Times are monotonic seconds; `epoch_ns` makes them wall-clock time."""

    def __init__(
        self, parent: Parent | None, trace_id: int, export: Callable[["FlowTrace", Flow], None], *, content: bool
    ) -> None:
        self.parent = parent
        self.trace_id = trace_id
        self.span_id = new_span_id()
        self.flags = SAMPLED if parent is None else parent.flags | SAMPLED
        self.epoch_ns = time.time_ns() - time.monotonic_ns()
        self.started = time.monotonic()
        self.ended: float | None = None
        self.seconds: dict[str, float] = {}
        self.calls: list[Call] = []
        self.notes: list[Note] = []
        self.refused_by: str | None = None
        self.sent = bytearray()
        self._export = export
        self._content = content
        self._span_ids: dict[int, int] = {}

    async def call(self, stage: str, hook: Callable[..., Any], *arguments: Any) -> Any:
        started = time.monotonic()
        waited = False
        try:
            result = hook(*arguments)
            if isinstance(result, CoroutineType):
                # Started by hand: most hooks end without giving up their turn, and then need no more than this.
                try:
                    step = result.send(None)
                except StopIteration as end:
                    result = end.value
                else:
                    waited = True
                    result = await Waiting(result, step)
            elif inspect.isawaitable(result):
                waited = True
                result = await result
        except BaseException as problem:
            self._ended(stage, hook, arguments, started, waited, problem)
            raise
        self._ended(stage, hook, arguments, started, waited, None)
        return result

    def note(self, what: str, **facts: str | float) -> None:
        if len(self.notes) < MOST:
            self.notes.append(Note(what, time.monotonic(), facts))

    def prepared(self, attempt: Attempt) -> None:
        headers = attempt.headers
        headers["traceparent"] = write_parent(self.trace_id, self.span_id_of(attempt), self.flags)
        headers.pop("tracestate", None)
        if self.parent is not None and self.parent.state:
            headers["tracestate"] = self.parent.state

    def sends(self, piece: bytes) -> None:
        if self._content and len(self.sent) < CONTENT_LIMIT:
            self.sent += piece

    def answered(self) -> None:
        self.ended = time.monotonic()

    def settled(self, flow: Flow) -> None:
        try:
            self._export(self, flow)
        except Exception:
            log.exception("flow %s: no trace could be made of it", flow.id)

    def span_id_of(self, attempt: Attempt) -> int:
        """The same whenever it is asked for: the vendor is told it before there is a span."""
        return self._span_ids.setdefault(attempt.number, new_span_id())

    def _ended(
        self,
        stage: str,
        hook: Callable[..., Any],
        arguments: tuple[Any, ...],
        started: float,
        waited: bool,
        problem: BaseException | None,
    ) -> None:
        ended = time.monotonic()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + ended - started
        if problem is None and not waited and ended - started < SLOW:
            return
        attempt = next((argument for argument in arguments if isinstance(argument, Attempt)), None)
        if isinstance(problem, SkipTarget) and attempt is not None:
            target = attempt.target
            self.note("target skipped", stage=stage, channel=target.channel.name, key=target.key.name)
        elif isinstance(problem, GatewayError) and self.refused_by is None:
            self.refused_by = stage
        crashed = isinstance(problem, Exception) and not isinstance(problem, (GatewayError, SkipTarget))
        if (crashed or waited or ended - started >= SLOW) and len(self.calls) < MOST:
            name = getattr(hook, "__name__", "hook")
            kind = None if problem is None else "cancelled" if isinstance(problem, CancelledError) else type(problem).__name__
            self.calls.append(Call(stage, name, attempt, started, ended, kind, crashed))


def new_span_id() -> int:
    """Not zero, which means: no span."""
    return random.getrandbits(64) or 1
