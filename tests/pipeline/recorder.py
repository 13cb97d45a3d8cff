"""Stages that only note what they see: the smallest ones that have every hook, or say no."""

from typing import Any

from pipeline.errors import Forbidden
from pipeline.flow import Attempt, Event, Flow, Reply

BODY: dict[str, Any] = {"model": "gpt-x", "messages": []}
CRASH_TEXT = "canary 4cf3"


class EveryHook:
    """Has all the hooks of an HTTP flow and changes nothing."""

    async def request(self, flow: Flow) -> None: ...

    async def admit(self, flow: Flow) -> None: ...

    async def target(self, flow: Flow, attempt: Attempt) -> None: ...

    async def upstream_request(self, flow: Flow, attempt: Attempt) -> None: ...

    async def upstream_response(self, flow: Flow, attempt: Attempt) -> None: ...

    async def response(self, flow: Flow, reply: Reply) -> None: ...

    def chunk(self, flow: Flow, event: Event) -> Event:
        return event

    async def attempt_done(self, flow: Flow, attempt: Attempt) -> None: ...

    async def error(self, flow: Flow) -> None: ...

    async def done(self, flow: Flow) -> None: ...


def stage(**hooks: Any) -> Any:
    """A stage with just these hooks, given as functions without `self`."""
    return type("Made", (), {name: staticmethod(hook) for name, hook in hooks.items()})()


def raising(hook: str, problem: BaseException) -> Any:
    """A stage that has every hook and raises in one."""

    async def raises(self: Any, *_: Any) -> None:
        raise problem

    return type("Raising", (EveryHook,), {hook: raises})()


def crashing(hook: str) -> Any:
    return raising(hook, RuntimeError(CRASH_TEXT))


def rejecting(hook: str) -> Any:
    return raising(hook, Forbidden("not today", code="not_today"))
