"""The playbook: rehearse a stage against the real engine, with a vendor that follows a script, and read what happened.

    play = Playbook(MyStage(config), caller=a_caller(group="vip"), channels=[a_channel("main", groups=("vip",))])
    play.upstream(status(503), reply({"id": "1"}, usage=Usage(input=9, output=3)))
    result = await play.request({"model": "gpt-x", "messages": []})
    assert result.status == 200
    assert result.json() == {"id": "1"}
    assert play.story == [
        ">> request",
        "MyStage.admit",
        "<< upstream_request gpt-x at main/key",
        ">> upstream_response 503",
        "-- verdict next",
        "-- wait 1",
        "<< upstream_request gpt-x at main/key",
        ">> upstream_response 200",
        "<< response 200",
        "-- completed",
        "MyStage.done",
    ]

In a story `>>` came in, `<<` went out, `--` is the engine's own doing, and `stage.hook` is a call. The vendor answers attempt
by attempt: `reply` (a whole 200), `stream` (events), `status` (an error), `broken` (no answer), `silent` (never one).

Nothing waits: `play.waits` tells how long the engine would have slept. A caller who leaves is played with `leaves_after`, or
by calling `play.caller_leaves()` from a stage of the test; `play.deadline_passes()` is the flow's time running out.

A stage that asks for ports gets `memory_ports(...)`: give the same ones to the playbook, `ports=`. Stages whose order or names
matter: `Playbook.of([("auth", Auth(ports)), ("mine", MyStage())], ports=ports)`. `async with play:` runs `start` and `stop`.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any, Self

import msgspec

from pipeline.attempts import Attempts, RetryPolicy
from pipeline.body import Body
from pipeline.caller import Caller
from pipeline.catalog import Channel, Group
from pipeline.flow import Flow, Headers, Request, Route
from pipeline.ports import Ports
from pipeline.rehearsal import Result, Scene, ToldPipeline
from pipeline.runner import Answerer, Runner
from pipeline.stand_ins import (
    Answer,
    PlainErrors,
    ScriptedStream,
    ScriptedUpstream,
    Sent,
    a_caller,
    a_channel,
    broken,
    memory_ports,
    reply,
    silent,
    status,
    stream,
)

__all__ = [
    "Answer",
    "Playbook",
    "Result",
    "Sent",
    "a_caller",
    "a_channel",
    "broken",
    "memory_ports",
    "reply",
    "silent",
    "status",
    "stream",
]

CHAT = Route("openai_chat", "chat")


class Playbook:
    """One pipeline, one vendor, one caller at a time. `story`, `waits` and `sent` are about the latest request."""

    def __init__(
        self,
        *stages: Any,
        caller: Caller | None = None,
        channels: Sequence[Channel] | None = None,
        groups: Sequence[Group] = (),
        ports: Ports | None = None,
        policy: RetryPolicy | None = None,
        chance: random.Random | None = None,
        local: Mapping[str, Answerer] | None = None,
        seconds: Mapping[str, float] | None = None,
    ) -> None:
        self.story: list[str] = []
        self.waits: list[float] = []
        self.ports = ports or memory_ports(channels=channels, groups=groups)
        self.pipeline = ToldPipeline([_named(stage) for stage in stages], self._tell, seconds)
        self._vendor = ScriptedUpstream(self._tell, self._call_under_way)
        attempts = Attempts(
            self.pipeline,
            self.ports.catalogs,
            self._vendor,
            policy or RetryPolicy(),
            sleep=self._sleep,
            chance=chance or _Steady(0),
        )
        self.runner = Runner(self.pipeline, attempts, local)
        self.errors = PlainErrors()
        self._caller = caller
        self._scene: Scene | None = None

    @classmethod
    def of(cls, stages: Iterable[tuple[str, Any]], **settings: Any) -> Self:
        """Stages under the names that a YAML file would give them."""
        return cls(*stages, **settings)

    async def __aenter__(self) -> Self:
        await self.pipeline.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.pipeline.stop()

    def upstream(self, *answers: Answer) -> None:
        """What the vendor does, attempt by attempt; the last answer stays."""
        self._vendor.script = list(answers)

    @property
    def hooks(self) -> list[str]:
        """The story's calls alone: `stage.hook`."""
        return [line for line in self.story if not line.startswith((">> ", "<< ", "-- "))]

    @property
    def sent(self) -> list[Sent]:
        """What went up, attempt by attempt."""
        return self._vendor.sent

    @property
    def streams(self) -> list[ScriptedStream]:
        """The vendor's streams; `closed` tells whether the engine let go of it."""
        return self._vendor.streams

    async def request(
        self,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
        stream: bool = False,
        leaves_after: int | None = None,
        route: Route = CHAT,
        query: str = "",
        client_ip: str | None = "127.0.0.1",
    ) -> Result:
        """Play one request to its settlement. `body` is a value, bytes, or an iterator of pieces; `stream` sets that member.

        `leaves_after`: the caller leaves after that many events; 0 is while the vendor works on its answer.
        """
        self.story[:] = [">> request"]
        self.waits.clear()
        self._vendor.sent.clear()
        self._vendor.streams.clear()
        raw_headers = [(name.lower().encode(), value.encode()) for name, value in (headers or {}).items()]
        pieces = body if isinstance(body, AsyncIterator) else _pieces(body, stream)
        request = Request("POST", "/v1/chat/completions", query, Headers(raw_headers), Body(pieces), client_ip=client_ip)
        flow = Flow("req_test", request, route)
        flow.caller = self._caller
        scene = self._scene = Scene(self.runner, self.errors, Result(flow), leaves_after, self._tell)
        await scene.play()
        return scene.result

    def caller_leaves(self) -> None:
        """The connection is gone, from this moment on."""
        self._current().caller_leaves()

    def deadline_passes(self) -> None:
        """The flow's time has run out, at this moment."""
        self._current().deadline_passes()

    def _current(self) -> "Scene":
        if self._scene is None:
            raise RuntimeError("no request is being played")
        return self._scene

    def _call_under_way(self) -> None:
        scene = self._current()
        if scene.leaves_after == 0 and not scene.result.flow.caller_left:
            scene.caller_leaves()

    def _tell(self, line: str) -> None:
        self.story.append(line)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self._tell(f"-- wait {seconds:g}")
        await asyncio.sleep(0)


class _Steady(random.Random):
    """Seeded choices, and no jitter: waits are round numbers."""

    def uniform(self, a: float, b: float) -> float:
        return (a + b) / 2


def _named(stage: Any) -> tuple[str, Any]:
    return stage if isinstance(stage, tuple) else (type(stage).__name__, stage)


async def _pieces(body: Any, stream: bool) -> AsyncIterator[bytes]:
    if isinstance(body, bytes):
        yield body
    elif body is not None:
        yield msgspec.json.encode({**body, "stream": True} if stream else body)
