"""The hook contract: the page a stage author reads.

A stage is any class with some of the methods below; having the method is the registration. It may declare

    Config   a pydantic model or a dataclass: the options its YAML entry takes (no `Config`: takes none)
    after    names of stages that must stand above it, when they are in the list at all
    before   names of stages that must stand below it
    waits    False, if no hook ever waits for anything but the caller's body: then its time need not be watched

and its `__init__` may take `config` (the validated `Config`) and `ports` (`pipeline.ports.Ports`), by these names.

    class Greeting:
        async def response(self, flow: Flow, reply: Reply) -> None:
            reply.headers["x-greeting"] = "hello"

Hooks run in the YAML's order on the way down (request, admit, target, upstream_request, inbound, start) and from the bottom
to the top on the way back, so that inverse edits nest. A stage that crashes fails closed: the caller gets a 500 in its own
format and nothing goes upstream. In `done`, `error` and `attempt_done` a crash is contained and logged.

A call of a hook that takes too long is a crash too. The limit is `timeout` in the stage's YAML entry, in seconds, else
`routing.timeouts.stage`. `attempt_done` and `done`, which settle, are waited for.

State of one flow lives in `flow.notes[MyNote]`, of one attempt in `attempt.notes[MyNote]`, never on `self`: one stage object
serves every flow of its generation.
"""

from collections.abc import Awaitable, Iterable
from dataclasses import dataclass
from typing import Protocol

from pipeline.flow import Attempt, Event, Flow, Reply

ChunkResult = Event | Iterable[Event] | None


class SkipTarget(Exception):
    """Raised in `target`: do not try this target now. Not a failure of the target, not counted as an attempt; `attempt_done`
    follows, for the stages above that took something."""


class Hooks(Protocol):
    """Every hook there is. A stage implements the ones it needs; it does not inherit from this."""

    async def request(self, flow: Flow) -> None:
        """Once, first. Headers are known; `await flow.body()` reads the body. May edit the model and the body, raise a
        `Rejected`, or set `flow.reply` to answer here (a stream too)."""

    async def admit(self, flow: Flow) -> None:
        """Once, after every `request`. The body is frozen, `flow.candidates` holds the targets that could serve.
        Reserve limits, hold money at the dearest candidate, or reject."""

    async def target(self, flow: Flow, attempt: Attempt) -> None:
        """Each attempt, before conversion. May set `attempt.model`, or raise `SkipTarget`."""

    async def upstream_request(self, flow: Flow, attempt: Attempt) -> None:
        """Each attempt, after conversion, before signing. May edit the attempt's URL, headers and body; not `stream`."""

    async def upstream_response(self, flow: Flow, attempt: Attempt) -> None:
        """Each attempt, up: its first event was peeked or its failure is known. May set `attempt.caller_status` (what the
        caller sees) and `attempt.verdict` (what the runner does next); the one does not change the other."""

    async def response(self, flow: Flow, reply: Reply) -> None:
        """Once, up, before status and headers go to the caller, errors and rejections included. May edit the headers. For a
        unary reply the usage is known: await here what must be durable before the caller has its answer. If a stage breaks
        here, the error that goes out instead is shown to the stages above it only: the others were asked once."""

    def chunk(self, flow: Flow, event: Event) -> ChunkResult | Awaitable[ChunkResult]:
        """Each whole outgoing event, up; a unary reply is one. Return it, several, or None to swallow it. `event.last` allows
        a flush: it is true exactly once, on an empty event if the stream ended without a mark, never if it was cut. Plain or
        `async`. Not called while draining, nor for the gateway's own errors."""

    async def inbound(self, flow: Flow, message: bytes) -> bytes | Iterable[bytes] | None:
        """Each WebSocket message from the caller. Return it, several, or None; or raise a `Rejected`."""

    async def attempt_done(self, flow: Flow, attempt: Attempt) -> None:
        """Exactly once, up, for each attempt whose `target` was called. Release what `target` took."""

    async def error(self, flow: Flow) -> None:
        """At most once, up, when no proper reply could be finished. May replace `flow.error`."""

    async def done(self, flow: Flow) -> None:
        """Exactly once, always, up, even if the caller left before the first byte. Settle, log, release."""

    async def start(self) -> None:
        """With this pipeline's generation: open what the stage needs."""

    async def stop(self) -> None:
        """After this generation's last flow: close it."""


@dataclass(frozen=True, slots=True)
class Hook:
    """How a hook is called: its arguments after `self`, its direction, and whether a plain method will do."""

    name: str
    arguments: tuple[str, ...]
    down: bool
    plain_allowed: bool = False


HOOKS: dict[str, Hook] = {
    hook.name: hook
    for hook in (
        Hook("start", (), down=True),
        Hook("request", ("flow",), down=True),
        Hook("admit", ("flow",), down=True),
        Hook("target", ("flow", "attempt"), down=True),
        Hook("upstream_request", ("flow", "attempt"), down=True),
        Hook("upstream_response", ("flow", "attempt"), down=False),
        Hook("attempt_done", ("flow", "attempt"), down=False),
        Hook("response", ("flow", "reply"), down=False),
        Hook("chunk", ("flow", "event"), down=False, plain_allowed=True),
        Hook("inbound", ("flow", "message"), down=True),
        Hook("error", ("flow",), down=False),
        Hook("done", ("flow",), down=False),
        Hook("stop", (), down=False),
    )
}
