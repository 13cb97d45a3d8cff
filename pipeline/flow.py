"""One caller request on its way: the nouns that every stage works with."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Literal, TypeVar

from pipeline.body import Body
from pipeline.caller import Caller
from pipeline.catalog import Target
from pipeline.errors import BadRequest, GatewayError
from pipeline.events import Event
from pipeline.json_object import JsonObject
from pipeline.ports import Trace
from pipeline.retry import Failure, Verdict
from pipeline.time_limit import StageClock
from pipeline.usage import Usage

__all__ = ["Attempt", "Event", "Flow", "Headers", "Notes", "Outcome", "Reply", "Request", "Route"]

Note = TypeVar("Note")
MODEL_NAME_LIMIT = 256


class Headers:
    """Request headers: names lower-case, a repeated one kept as often as it came."""

    __slots__ = ("_by_name", "_pairs")

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self._pairs = tuple(pairs)
        self._by_name: dict[bytes, list[bytes]] = {}
        for name, value in self._pairs:
            self._by_name.setdefault(name, []).append(value)

    def get(self, name: str) -> str | None:
        """The first value of `name`."""
        values = self._by_name.get(name.encode("latin-1"))
        return values[0].decode("latin-1") if values else None

    def get_all(self, name: str) -> list[str]:
        return [value.decode("latin-1") for value in self._by_name.get(name.encode("latin-1"), ())]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for key, value in self._pairs:
            yield key.decode("latin-1"), value.decode("latin-1")


@dataclass(frozen=True, slots=True)
class Route:
    """What a method and path mean. `format` is the caller's wire format, `operation` what is asked for in it."""

    format: str
    operation: str
    billable: bool = True
    model_in: Literal["body", "none"] = "body"


@dataclass(slots=True)
class Request:
    """`path` is the raw path, without the query; `rest` what its route left open, decoded. `client_ip` is the caller's address
    behind the trusted proxies."""

    method: str
    path: str
    query: str
    headers: Headers
    body: Body
    rest: str = ""
    client_ip: str | None = None
    websocket: bool = False


@dataclass(slots=True)
class Reply:
    """What goes to the caller: `body`, or `events` as batches of whole raw events. Header names are lower-case. `cut_event`
    says how an error ends this very stream, where that takes what only the stream knows."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    events: AsyncIterator[list[bytes]] | None = None
    is_last: Callable[[bytes], bool] | None = None
    cut_event: Callable[[GatewayError], bytes] | None = None


class Outcome(Enum):
    """How a flow ended, for `done`."""

    COMPLETED = "completed"
    REJECTED = "rejected"
    FAILED = "failed"
    CUT = "cut"
    CALLER_LEFT = "caller_left"


class Notes:
    """A stage's private state, keyed by the class of its note: `notes[Hold] = Hold(...)`."""

    __slots__ = ("_by_type",)

    def __init__(self) -> None:
        self._by_type: dict[type, Any] = {}

    def __getitem__(self, kind: type[Note]) -> Note:
        note: Note = self._by_type[kind]
        return note

    def __setitem__(self, kind: type[Note], note: Note) -> None:
        self._by_type[kind] = note

    def get(self, kind: type[Note]) -> Note | None:
        note: Note | None = self._by_type.get(kind)
        return note

    def pop(self, kind: type[Note]) -> Note | None:
        note: Note | None = self._by_type.pop(kind, None)
        return note


class Attempt:
    """One try at one target.

    `status` is the vendor's own; `caller_status`, when a stage sets it, is what the caller sees of it. `format` is the wire
    format that the vendor is spoken to in, known from `upstream_request` on; `body` is in it, and this attempt's own.
    `answered_model` is what the vendor says it used. Times are monotonic seconds. `ending` is the run of its `attempt_done`
    hooks, once that has begun.

    `complete` tells whether the vendor's answer came to its end, so that its usage is final; `received` counts the letters of
    what the model has said in it so far.
    """

    __slots__ = (
        "answered_model",
        "asked_usage",
        "body",
        "caller_status",
        "complete",
        "ended",
        "ending",
        "failure",
        "first_event",
        "format",
        "headers",
        "model",
        "notes",
        "number",
        "received",
        "reply",
        "started",
        "status",
        "target",
        "upstream_id",
        "url",
        "usage",
        "verdict",
    )

    def __init__(self, number: int, target: Target, body: JsonObject | None) -> None:
        self.number = number
        self.target = target
        self.model = target.model
        self.body = body
        self.format = ""
        self.url = ""
        self.headers: dict[str, str] = {}
        self.status: int | None = None
        self.caller_status: int | None = None
        self.verdict: Verdict | None = None
        self.failure: Failure | None = None
        self.reply: Reply | None = None
        self.usage: Usage | None = None
        self.answered_model: str | None = None
        self.asked_usage = False
        self.complete = False
        self.received = 0
        self.upstream_id: str | None = None
        self.notes = Notes()
        self.started = time.monotonic()
        self.first_event: float | None = None
        self.ended: float | None = None
        self.ending: Awaitable[None] | None = None


class Flow:
    """One caller request, from its headers to its settlement.

    `asked_model` is what the caller wrote, `model` what stages made of it. `groups`, when set, narrows whose channels may serve.
    `pin` is a hard choice of a channel, `prefer` a wish. `promised`: the status went out, errors are in-band from here.
    `committed`: a vendor's event went out, no retry after it. `responded` counts the `response` hooks that were called.
    `first_byte` is when the answer began to go out.
    `clock` is that of the hook which is waiting now, `reads_body` tells whether it waits for the caller's body.
    `trace` is None unless this flow is traced; a stage may `note` there what an operator should see.
    """

    __slots__ = (
        "_body",
        "asked_model",
        "asked_stream",
        "attempts",
        "caller",
        "caller_left",
        "candidates",
        "clock",
        "committed",
        "error",
        "first_byte",
        "groups",
        "id",
        "model",
        "notes",
        "on_disconnect",
        "outcome",
        "pin",
        "prefer",
        "promised",
        "reads_body",
        "reply",
        "request",
        "responded",
        "route",
        "started",
        "trace",
    )

    def __init__(self, flow_id: str, request: Request, route: Route) -> None:
        self.id = flow_id
        self.request = request
        self.route = route
        self.caller: Caller | None = None
        self.model = ""
        self.asked_model = ""
        self.asked_stream = False
        self.groups: tuple[str, ...] = ()
        self.candidates: tuple[Target, ...] = ()
        self.attempts: list[Attempt] = []
        self.reply: Reply | None = None
        self.responded = 0
        self.error: GatewayError | None = None
        self.outcome: Outcome | None = None
        self.notes = Notes()
        self.pin: str | None = None
        self.prefer: str | None = None
        self.on_disconnect: Literal["cancel", "drain"] = "cancel"
        self.caller_left = False
        self.promised = False
        self.committed = False
        self.started = time.monotonic()
        self.first_byte: float | None = None
        self.trace: Trace | None = None
        self.clock: StageClock | None = None
        self.reads_body = False
        self._body: JsonObject | None = None

    async def body(self) -> JsonObject:
        """The request's JSON object, read on first use; sets `model` and `asked_stream`. Raises a `Rejected` for bad bodies."""
        if self._body is None:
            body = await self._read()
            if self.trace is not None:
                self.trace.note("body read")
            self.model = self.asked_model = _model_name(body.get("model"))
            self.asked_stream = _flag(body.get("stream"), "stream")
            self._body = body
        return self._body

    async def _read(self) -> JsonObject:
        """The time this takes is the caller's, not the stage's that happens to ask first."""
        self.reads_body = True
        if self.clock is not None:
            self.clock.pause()
        try:
            return await self.request.body.object()
        finally:
            self.reads_body = False
            if self.clock is not None:
                self.clock.run()

    @property
    def body_read(self) -> JsonObject | None:
        """The body, if any stage has asked for it, and could read it."""
        return self._body

    @property
    def attempt(self) -> Attempt | None:
        """The latest attempt."""
        return self.attempts[-1] if self.attempts else None

    @property
    def usage(self) -> Usage | None:
        """What the attempt that answered reported so far."""
        return self.attempts[-1].usage if self.attempts else None


def _model_name(value: Any) -> str:
    if value is None:
        raise BadRequest("The body names no `model`.", code="missing_model", param="model")
    if not isinstance(value, str) or not value.strip() or len(value) > MODEL_NAME_LIMIT or not value.isprintable():
        raise BadRequest(
            f"`model` must be a name of 1 to {MODEL_NAME_LIMIT} printable characters.",
            code="invalid_model",
            param="model",
        )
    return value


def _flag(value: Any, name: str) -> bool:
    if value is None or isinstance(value, bool):
        return bool(value)
    raise BadRequest(f"`{name}` must be true or false.", code="invalid_value", param=name)
