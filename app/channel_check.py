"""Asking a channel a real question, once per key, through the same engine that serves callers."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import msgspec

from pipeline.attempts import Attempts, RetryPolicy
from pipeline.body import Body
from pipeline.catalog import Catalog, Channel, Group
from pipeline.compile import Pipeline
from pipeline.flow import Flow, Headers, Reply, Request, Route
from pipeline.overrides.edit import CHANNEL_TEST
from pipeline.ports import Upstream
from pipeline.runner import Runner
from pipeline.stages.channel_options import ChannelOptions
from pipeline.stages.header_override import HeaderOverride
from pipeline.stages.mapping import Mapping
from pipeline.stages.param_override import ParamOverride
from pipeline.usage import Usage
from providers import formats

QUESTION = "Say hello in one word."
ROUTE = Route("openai_chat", "chat")
SHOWN = 300


@dataclass(frozen=True, slots=True)
class KeyResult:
    """`detail` is the start of the answer, or what went wrong: in the vendor's own words, which a caller would not see."""

    key: str
    ok: bool
    status: int
    seconds: float
    usage: Usage | None
    detail: str


@dataclass(frozen=True, slots=True)
class _Fixed:
    """Implements `pipeline.ports.Catalogs` with one snapshot."""

    current: Catalog


async def check_channel(channel: Channel, model: str, upstream: Upstream) -> list[KeyResult]:
    """One result per key, disabled ones included: a test is how one learns whether they work again."""
    results = []
    for key in channel.keys:
        only = replace(channel, enabled=True, keys=(replace(key, enabled=True),))
        results.append(await _ask(only, model, upstream))
    return results


async def _ask(channel: Channel, model: str, upstream: Upstream) -> KeyResult:
    catalogs = _Fixed(Catalog((channel,), tuple(Group(name, channel.models) for name in channel.groups)))
    pipeline = _own_edits()
    runner = Runner(pipeline, Attempts(pipeline, catalogs, upstream, RetryPolicy(attempts=1)))
    body = msgspec.json.encode({"model": model, "messages": [{"role": "user", "content": QUESTION}]})
    flow = Flow(CHANNEL_TEST, Request("POST", "/v1/chat/completions", "", Headers(), Body(_once(body))), ROUTE)
    flow.pin = channel.name
    begun = time.monotonic()
    reply = await runner.respond(flow, formats.get(ROUTE.format).errors)
    await runner.settle(flow)
    said = flow.attempt.reply if flow.attempt is not None else None
    return KeyResult(
        key=channel.keys[0].name,
        ok=reply.status == 200,
        status=(said or reply).status,
        seconds=time.monotonic() - begun,
        usage=flow.usage,
        detail=_detail(said or reply),
    )


def _own_edits() -> Pipeline:
    """What the channel itself changes belongs to the question; what the pipeline file changes for everybody does not."""
    return Pipeline(
        [
            ("mapping", Mapping(Mapping.Config())),
            ("channel_options", ChannelOptions()),
            ("param_override", ParamOverride(ParamOverride.Config.model_validate({}))),
            ("header_override", HeaderOverride(HeaderOverride.Config.model_validate({}))),
        ]
    )


def _detail(reply: Reply) -> str:
    """The answer's text, or the error's message."""
    value = msgspec.json.decode(reply.body)
    try:
        text = value["choices"][0]["message"]["content"] if reply.status == 200 else value["error"]["message"]
    except (KeyError, IndexError, TypeError):
        text = reply.body.decode(errors="replace")
    return " ".join(str(text).split())[:SHOWN]


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body
