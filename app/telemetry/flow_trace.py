"""What one traced flow notes while it runs. Spans are made of it when all is over: no SDK and no I/O on the flow's way."""

import inspect
import logging
import random
import time
from asyncio import CancelledError
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from types import CoroutineType
from typing import Any

from app.telemetry.context import SAMPLED, Parent, write_parent
from pipeline.errors import GatewayError
from pipeline.flow import Attempt, Flow
from pipeline.stage import SkipTarget
from pipeline.waiting import Waiting

log = logging.getLogger("aihub.telemetry")

SLOW = 0.001
"""Seconds from which on a hook has a span of its own, even if it only computed."""

SLOW_WAIT = 0.00025
"""The same for one that waited: it did I/O then. A shorter wait is a turn of the event loop, for a body that is there already."""

MOST = 100
"""Calls, and notes, that are kept: a stage that is slow on each of ten thousand events shall not make as many spans."""

CONTENT_LIMIT = 32 << 10


@dataclass(slots=True)
class Call:
    """A hook that deserves a span. `problem` is the type of what it raised; `crashed`: that was no word of the stage's."""

    stage: str
    hook: str
    attempt: Attempt | None
    started: float
    ended: float
    problem: str | None = None
    crashed: bool = False


@dataclass(slots=True)
class Note:
    what: str
    at: float
    facts: dict[str, str | float]


class FlowTrace:
    """Implements `pipeline.ports.Trace`. Times are monotonic seconds; `epoch_ns` makes them wall-clock time."""

    __slots__ = (
        "_content",
        "_export",
        "_span_ids",
        "calls",
        "ended",
        "epoch_ns",
        "flags",
        "notes",
        "parent",
        "refused_by",
        "seconds",
        "sent",
        "span_id",
        "started",
        "trace_id",
    )

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
        self.seconds: defaultdict[str, float] = defaultdict(float)
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
            if type(result) is CoroutineType:
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
            self._raised(stage, hook, arguments, started, problem)
            raise
        ended = time.monotonic()
        self.seconds[stage] += ended - started
        if ended - started >= (SLOW_WAIT if waited else SLOW):
            self._keep(Call(stage, _name(hook), _attempt_in(arguments), started, ended))
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

    def _raised(
        self, stage: str, hook: Callable[..., Any], arguments: tuple[Any, ...], started: float, problem: BaseException
    ) -> None:
        ended = time.monotonic()
        self.seconds[stage] += ended - started
        attempt = _attempt_in(arguments)
        crashed = False
        if isinstance(problem, SkipTarget) and attempt is not None:
            target = attempt.target
            self.note("target skipped", stage=stage, channel=target.channel.name, key=target.key.name)
        elif isinstance(problem, GatewayError):
            self.refused_by = self.refused_by or stage
        else:
            crashed = isinstance(problem, Exception)
        if crashed or ended - started >= SLOW:
            kind = "cancelled" if isinstance(problem, CancelledError) else type(problem).__name__
            self._keep(Call(stage, _name(hook), attempt, started, ended, kind, crashed))

    def _keep(self, call: Call) -> None:
        if len(self.calls) < MOST:
            self.calls.append(call)


def _name(hook: Callable[..., Any]) -> str:
    return getattr(hook, "__name__", "hook")


def _attempt_in(arguments: tuple[Any, ...]) -> Attempt | None:
    return next((argument for argument in arguments if isinstance(argument, Attempt)), None)


def new_span_id() -> int:
    """Not zero, which means: no span."""
    return random.getrandbits(64) or 1
