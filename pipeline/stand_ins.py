"""The world in memory, for rehearsing stages: callers, a catalog, a vendor that follows a script, plain errors.

`pipeline.testing` puts them around the real engine; stage authors import from there.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from pipeline.billing.memory import MemoryLedger
from pipeline.caller import Caller
from pipeline.catalog import Catalog, Channel, ChannelKey, Group
from pipeline.errors import GatewayError, UpstreamFailed
from pipeline.events import sse_data, sse_event
from pipeline.flow import Attempt, Flow, Reply
from pipeline.limits.memory import MemoryLimits
from pipeline.patterns import Patterns
from pipeline.ports import Ports
from pipeline.pricing.book import PriceBook
from pipeline.record import Content, Record
from pipeline.retry import Blame, Failure, Verdict
from pipeline.usage import Usage

END = sse_event(b"[DONE]")
_JSON = {"content-type": "application/json"}


def a_caller(**fields: Any) -> Caller:
    """Any caller; name the fields that matter to the test."""
    return Caller(**{"token_id": "t1", "token_name": "laptop", "user_id": "u1", "username": "alice", **fields})


def a_channel(
    name: str = "main", *, keys: Iterable[str | ChannelKey] = ("key",), models: Iterable[str] = ("*",), **fields: Any
) -> Channel:
    """A channel that serves every model with one key; `keys` by name, or whole."""
    made = tuple(key if isinstance(key, ChannelKey) else ChannelKey(f"{name}/{key}", key, f"secret of {key}") for key in keys)
    return Channel(id=name, name=name, keys=made, models=Patterns(models), **{"vendor": "scripted", **fields})


class MemoryCallers:
    """Callers by the key they show."""

    def __init__(self, by_key: Mapping[str, Caller]) -> None:
        self.by_key = dict(by_key)

    async def find(self, key: str) -> Caller | None:
        return self.by_key.get(key)


class MemoryCatalogs:
    """A catalog that a test may swap."""

    def __init__(self, current: Catalog) -> None:
        self.current = current


class MemoryLog:
    """What was written, in order."""

    def __init__(self) -> None:
        self.records: list[Record | Content] = []

    def write(self, record: Record | Content) -> None:
        self.records.append(record)


def memory_ports(
    keys: Mapping[str, Caller] | None = None,
    channels: Sequence[Channel] | None = None,
    groups: Sequence[Group] = (),
    prices: PriceBook | None = None,
    ledger: MemoryLedger | None = None,
    log: "MemoryLog | None" = None,
) -> Ports:
    """For stages that ask for `ports`: who shows which key, what there is to route to (one channel unless told), what
    it costs."""
    found = (a_channel(),) if channels is None else tuple(channels)
    catalogs = MemoryCatalogs(Catalog(found, tuple(groups), prices))
    return Ports(MemoryCallers(keys or {}), catalogs, MemoryLimits(), ledger or MemoryLedger(), log or MemoryLog())


@dataclass(frozen=True, slots=True)
class Answer:
    """What the vendor does in one attempt. Made by `reply`, `stream`, `status`, `broken` and `silent`."""

    status: int | None
    body: bytes = b""
    events: tuple[bytes, ...] | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: dict(_JSON))
    usage: Usage | None = None
    failure: Failure | None = None
    verdict: Verdict | None = None
    cut: GatewayError | None = None
    never: bool = False


def reply(value: Any, *, usage: Usage | None = None) -> Answer:
    """A whole 200; bytes go out as they are."""
    return Answer(200, _encoded(value), usage=usage)


def stream(events: Iterable[Any], *, usage: Usage | None = None, end: bytes | None = END, cut: bool = False) -> Answer:
    """Events one by one, bytes as they are; the last tells the usage, then comes the end mark. `cut` breaks it off instead."""
    made = tuple(event if isinstance(event, bytes) else sse_event(_encoded(event)) for event in events)
    breaks = UpstreamFailed("The upstream closed the stream in the middle of its answer.") if cut else None
    ending = () if end is None or cut else (end,)
    return Answer(200, events=(*made, *ending), headers={"content-type": "text/event-stream"}, usage=usage, cut=breaks)


def status(
    code: int,
    value: Any = None,
    *,
    retry_after: float | None = None,
    verdict: Verdict | None = None,
    blame: Blame = Blame.KEY,
) -> Answer:
    """An error status, with a body of the vendor's own. 401 and 402 mean the gateway's account there. `verdict` is one that the
    vendor's row in `providers` would give instead of the default."""
    ours = code in (401, 402)
    failure = Failure(f"The upstream answered with status {code}.", code, ours=ours, blame=blame, retry_after=retry_after)
    body = _encoded({"error": {"message": f"the vendor says {code}"}} if value is None else value)
    return Answer(code, body, failure=failure, verdict=verdict)


def broken(*, timed_out: bool = False, unsent: bool = False) -> Answer:
    """No answer: the connection failed (the channel's fault) or, `timed_out`, the vendor took too long (the key's), or, `unsent`,
    a kept connection was found dead before the first byte."""
    if unsent:
        return Answer(
            None, failure=Failure("The connection to the upstream had gone.", code="upstream_disconnected", unsent=True)
        )
    if timed_out:
        return Answer(None, failure=Failure("The upstream did not answer in time.", code="upstream_timeout", timed_out=True))
    return Answer(None, failure=Failure("The upstream cannot be reached.", code="upstream_unreachable", blame=Blame.CHANNEL))


def silent() -> Answer:
    """Never answers: the test ends it, with the caller leaving or the deadline."""
    return Answer(None, never=True)


@dataclass(frozen=True, slots=True)
class Sent:
    """What went up in one attempt, after every `upstream_request`."""

    url: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class ScriptedUpstream:
    """Implements `pipeline.ports.Upstream` with a list of answers, the last of them given again and again.

    `tell` hears what happens, line by line; `under_way` is called once an attempt's request has gone up.
    """

    def __init__(self, tell: Callable[[str], None], under_way: Callable[[], None]) -> None:
        self.script: list[Answer] = [reply({})]
        self.sent: list[Sent] = []
        self.streams: list[ScriptedStream] = []
        self._tell = tell
        self._under_way = under_way

    def serves(self, flow: Flow, vendor: str, formats: tuple[str, ...] | None) -> bool:
        return vendor == "scripted" and (formats is None or flow.route.format in formats)

    def prepare(self, flow: Flow, attempt: Attempt) -> None:
        attempt.format = flow.route.format
        attempt.url = f"https://{attempt.target.channel.name}.example/v1/chat/completions"
        attempt.headers = dict(_JSON)
        if attempt.body is not None and attempt.model != flow.asked_model:
            attempt.body.set("model", attempt.model)

    async def send(self, flow: Flow, attempt: Attempt) -> None:  # noqa: ARG002  # as the port has it
        target = attempt.target
        self._tell(f"<< upstream_request {attempt.model} at {target.channel.name}/{target.key.name}")
        body = attempt.body.encode() if attempt.body is not None else b""
        self.sent.append(Sent(attempt.url, dict(attempt.headers), bytes(body)))
        answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        self._under_way()
        await asyncio.sleep(0)
        if answer.never:
            await asyncio.Event().wait()
        self._tell(f">> upstream_response {answer.status or 'none'}")
        self._give(attempt, answer)

    def _give(self, attempt: Attempt, answer: Answer) -> None:
        attempt.status, attempt.failure, attempt.verdict = answer.status, answer.failure, answer.verdict
        if answer.status is None:
            return
        attempt.reply = Reply(answer.status, dict(answer.headers), answer.body)
        if answer.events is None:
            attempt.usage = answer.usage
        else:
            attempt.reply.events = events = ScriptedStream(attempt, answer)
            attempt.reply.is_last = is_end
            self.streams.append(events)


class ScriptedStream:
    """One event a batch, as a slow vendor sends them; the usage is known with the last one before the end mark. `read` counts
    the events that were taken."""

    def __init__(self, attempt: Attempt, answer: Answer) -> None:
        self._attempt = attempt
        self._answer = answer
        self._left = list(answer.events or ())
        self.read = 0
        self.closed = False

    def __aiter__(self) -> "ScriptedStream":
        return self

    async def __anext__(self) -> list[bytes]:
        await asyncio.sleep(0)
        if not self._left:
            if self._answer.cut is not None:
                raise self._answer.cut
            raise StopAsyncIteration
        event = self._left.pop(0)
        self.read += 1
        if not is_end(event):
            self._attempt.received += len(sse_data(event))
        if all(map(is_end, self._left)):
            self._attempt.usage = self._answer.usage
            self._attempt.complete = self._answer.cut is None
        return [event]

    async def aclose(self) -> None:
        self.closed = True


class PlainErrors:
    """Implements `pipeline.ports.ErrorFormat`: `{"error": {code, message, request_id}}`."""

    def reply(self, error: GatewayError, flow_id: str) -> Reply:
        headers = dict(_JSON)
        if error.retry_after is not None:
            headers["retry-after"] = f"{error.retry_after:g}"
        return Reply(error.status, headers, _envelope(error, flow_id))

    def event(self, error: GatewayError, flow_id: str) -> bytes:
        return sse_event(_envelope(error, flow_id))


def is_end(event: bytes) -> bool:
    return sse_data(event) == b"[DONE]"


def _envelope(error: GatewayError, flow_id: str) -> bytes:
    return msgspec.json.encode({"error": {"code": error.code, "message": error.message, "request_id": flow_id}})


def _encoded(value: Any) -> bytes:
    return value if isinstance(value, bytes) else msgspec.json.encode(value)
