"""An attempt to act upon, and what an override made of it."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from pydantic import ValidationError

from pipeline.body import Body
from pipeline.caller import Caller
from pipeline.catalog import Target
from pipeline.flow import Attempt, Flow, Headers, Request, Route
from pipeline.json_object import JsonObject
from pipeline.overrides.header_override import read_header_override
from pipeline.overrides.param_override import read_param_override
from pipeline.refusal import reasons
from pipeline.retry import Failure
from pipeline.testing import a_caller, a_channel

Sent = list[tuple[str, str]]


@dataclass
class Acted:
    flow: Flow
    attempt: Attempt

    @property
    def raw(self) -> bytes:
        assert self.attempt.body is not None
        return bytes(self.attempt.body.encode())

    @property
    def body(self) -> Any:
        return msgspec.json.decode(self.raw)

    @property
    def headers(self) -> dict[str, str]:
        return self.attempt.headers


def begun(
    body: Any,
    *,
    sent: Sent | None = None,
    headers: Mapping[str, str] | None = None,
    number: int = 1,
    failure: Failure | None = None,
    caller: Caller | None = None,
    asked: str = "asked",
    secret: str = "sk-channel",
) -> Acted:
    """`sent` are the caller's headers, `headers` the gateway's own; `failure` is that of the attempt before."""
    raw = body if isinstance(body, bytes) else msgspec.json.encode(body)
    pairs = [(name.lower().encode(), value.encode("latin-1")) for name, value in sent or []]
    request = Request("POST", "/v1/chat/completions", "", Headers(pairs), Body(_nothing()))
    flow = Flow("req_test", request, Route("openai_chat", "chat"))
    flow.caller = caller or a_caller(group="vip", user_group="default")
    flow.asked_model = flow.model = asked
    channel = a_channel("main")
    target = Target(channel, replace(channel.keys[0], secret=secret), "served")
    for earlier in range(1, number):
        before = Attempt(earlier, target, None)
        before.failure = failure
        flow.attempts.append(before)
    attempt = Attempt(number, target, JsonObject.parse(raw))
    attempt.headers = {"content-type": "application/json", **(headers or {})}
    flow.attempts.append(attempt)
    return Acted(flow, attempt)


def overridden(body: Any, override: Any, **about: Any) -> Acted:
    """A parameter override, read and applied."""
    acted = begun(body, **about)
    if (ready := read_param_override(override)) is not None:
        ready.apply(acted.flow, acted.attempt)
    return acted


def operated(body: Any, *operations: dict[str, Any], **about: Any) -> Acted:
    return overridden(body, {"operations": list(operations)}, **about)


def with_headers(override: Any, **about: Any) -> dict[str, str]:
    """A header override, read and applied: what goes up beside the content type."""
    acted = begun({}, **about)
    if (ready := read_header_override(override)) is not None:
        ready.apply(acted.flow, acted.attempt)
    return {name: value for name, value in acted.headers.items() if name != "content-type"}


def refusal_of(read: Any, value: Any) -> str:
    """What reading `value` is refused with, its place first."""
    try:
        read(value)
    except ValidationError as error:
        return reasons(error)
    return "accepted"


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield b""
