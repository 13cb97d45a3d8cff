"""From stage classes to tuples of bound hooks, once, at start: an event nobody handles costs nothing."""

import inspect
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pipeline.ports import Ports
from pipeline.stage import HOOKS, Hook
from pipeline.time_limit import TIMED, limited

log = logging.getLogger("aihub.pipeline")

Bound = tuple[str, Callable[..., Awaitable[Any]]]
"""A hook ready to call, with its stage's name for the log."""


def hook_problems(stage: type) -> list[str]:
    """What is wrong with a class's hooks: names that are nearly a hook's, wrong arguments, plain methods. Empty if fine."""
    problems = []
    implemented = 0
    for name, method in _public_methods(stage):
        hook = HOOKS.get(name)
        if hook is None:
            if near := get_close_matches(name, HOOKS, n=1, cutoff=0.8):
                problems.append(f"`{name}` is no hook and would never be called, did you mean `{near[0]}`?")
            continue
        implemented += 1
        problems += _signature_problems(hook, method)
    if not implemented and not problems:
        problems.append(f"{stage.__name__} has none of the hooks ({', '.join(HOOKS)}), so it would do nothing")
    return problems


def order_problems(stages: Sequence[tuple[str, type]]) -> list[tuple[int, str]]:
    """Stages that stand on the wrong side of another, as (index, message)."""
    places = {name: index for index, (name, _) in enumerate(stages)}
    return [
        (index, f"`{name}` must stand {side} `{other}`: move it {way} the list")
        for index, (name, stage) in enumerate(stages)
        for side, way, others in (("below", "down", "after"), ("above", "up", "before"))
        for other in getattr(stage, others, ())
        if other in places and (places[other] > index) == (side == "below")
    ]


def build(stage: type, config: Any, ports: Ports) -> Any:
    """An instance, given what its `__init__` asks for by name."""
    wanted = inspect.signature(stage).parameters
    offered = {"config": config, "ports": ports}
    return stage(**{name: value for name, value in offered.items() if name in wanted})


class Pipeline:
    """The compiled hook table. Each attribute is a tuple in calling order. `seconds` limits each hook of a stage, by its name.
    `names` are those of the stages that an operator lists: one with `listed = False` is the gateway's own."""

    def __init__(self, stages: Sequence[tuple[str, Any]] = (), seconds: Mapping[str, float] | None = None) -> None:
        self.stages = tuple(stages)
        self._seconds = seconds or {}
        self.names = tuple(name for name, stage in stages if getattr(stage, "listed", True))
        self.table: dict[str, tuple[Bound, ...]] = {name: tuple(self._bind(hook)) for name, hook in HOOKS.items()}
        self.request = self.table["request"]
        self.admit = self.table["admit"]
        self.target = self.table["target"]
        self.upstream_request = self.table["upstream_request"]
        self.upstream_response = self.table["upstream_response"]
        self.attempt_done = self.table["attempt_done"]
        self.response = self.table["response"]
        self.chunk = self.table["chunk"]
        self.inbound = self.table["inbound"]
        self.error = self.table["error"]
        self.done = self.table["done"]

    async def start(self) -> None:
        """All or nothing: if one cannot start, those before it are stopped again."""
        started = set()
        try:
            for name, hook in self.table["start"]:
                await hook()
                started.add(name)
        except BaseException:
            await self._stop(started)
            raise

    async def stop(self) -> None:
        """Every stage, whatever one of them does."""
        await self._stop({name for name, _ in self.stages})

    async def _stop(self, stages: set[str]) -> None:
        for name, hook in self.table["stop"]:
            try:
                if name in stages:
                    await hook()
            except Exception:
                log.exception("stage %s crashed in stop", name)

    def _bind(self, hook: Hook) -> Iterator[Bound]:
        for name, stage in self.stages if hook.down else reversed(self.stages):
            # The class is asked, not the object: `self.error = None` is a stage's own affair and no hook.
            if callable(getattr(type(stage), hook.name, None)):
                method = getattr(stage, hook.name)
                timed = name in self._seconds and hook.name in TIMED and inspect.iscoroutinefunction(method)
                yield name, limited(hook.name, method, self._seconds[name]) if timed else method


def _public_methods(stage: type) -> Iterator[tuple[str, Any]]:
    for name, member in inspect.getmembers(stage, inspect.isfunction):
        if not name.startswith("_"):
            yield name, member


def _signature_problems(hook: Hook, method: Callable[..., Any]) -> Iterator[str]:
    takes = ", ".join(("self", *hook.arguments))
    try:
        inspect.signature(method).bind(None, *hook.arguments)
    except TypeError:
        yield f"`{hook.name}` must take ({takes})"
    if not hook.plain_allowed and not inspect.iscoroutinefunction(method):
        yield f"`{hook.name}` must be `async def {hook.name}({takes})`"
