"""One request, played: what the gateway's `app.conversation` does with the engine, and a record of every call.

For `pipeline.testing`, which is the page to read.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import msgspec

from pipeline.compile import Bound, Pipeline
from pipeline.errors import UpstreamTimeout
from pipeline.events import Event
from pipeline.flow import Attempt, Flow, Reply
from pipeline.ports import ErrorFormat
from pipeline.runner import Runner
from pipeline.stage import Hook


@dataclass(slots=True)
class Result:
    """What the caller got. `status` is None if it left before the first byte; `events` are those of a stream."""

    flow: Flow
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    streamed: bool = False

    def json(self) -> Any:
        return msgspec.json.decode(self.body)

    @property
    def events(self) -> tuple[Event, ...]:
        return tuple(Event(raw + b"\n\n") for raw in self.body.split(b"\n\n") if raw) if self.streamed else ()


class Scene:
    """One request as `app.conversation` would hold it: respond, chunks, settle, inside one timeout that the caller's leaving
    moves to now."""

    def __init__(
        self, runner: Runner, errors: ErrorFormat, result: Result, leaves_after: int | None, tell: Callable[[str], None]
    ) -> None:
        self.result = result
        self.leaves_after = leaves_after
        self._runner = runner
        self._errors = errors
        self._tell = tell
        self._deadline = asyncio.timeout(None)

    async def play(self) -> None:
        flow = self.result.flow
        try:
            await self._within_deadline(flow)
        finally:
            await self._runner.settle(flow)

    def caller_leaves(self) -> None:
        """A unary call that has begun is read to its end, and so is a stream that some stage wants drained."""
        flow = self.result.flow
        flow.caller_left = True
        self._tell(">> caller leaves")
        begun = flow.attempt is not None and flow.attempt.ended is None
        if not begun or (flow.asked_stream and flow.on_disconnect == "cancel"):
            self._move_deadline_to_now()

    def deadline_passes(self) -> None:
        self._tell("-- deadline")
        self._move_deadline_to_now()

    def _move_deadline_to_now(self) -> None:
        with suppress(RuntimeError):  # it has passed already, or all is sent
            self._deadline.reschedule(asyncio.get_running_loop().time())

    async def _within_deadline(self, flow: Flow) -> None:
        try:
            async with self._deadline:
                await self._send(flow, await self._runner.respond(flow, self._errors))
        except TimeoutError:
            if flow.caller_left:
                return
            late = UpstreamTimeout("The request did not finish within the gateway's time limit.", code="deadline_exceeded")
            if flow.promised:
                self._send_piece(await self._runner.cut(flow, late, self._errors))
            else:
                await self._send(flow, await self._runner.fail(flow, late, self._errors))

    async def _send(self, flow: Flow, answer: Reply) -> None:
        if flow.caller_left:
            return
        self.result.status, self.result.headers = answer.status, answer.headers
        self._tell(f"<< response {answer.status}")
        flow.promised = True
        if answer.events is None:
            flow.committed = True
            self.result.body = answer.body
        else:
            self.result.streamed = True
            await self._stream(flow, answer.events)

    async def _stream(self, flow: Flow, events: AsyncIterator[list[bytes]]) -> None:
        async with aclosing(self._runner.chunks(flow, events, self._errors)) as pieces:
            async for piece in pieces:
                if flow.caller_left:
                    break
                self._send_piece(piece)
        if flow.caller_left:
            await self._runner.drain(events)

    def _send_piece(self, piece: bytes) -> None:
        before = len(self.result.events)
        self.result.body += piece
        for event in self.result.events[before:]:
            self._tell(f"<< chunk {event.data.decode()}")
        left = self.result.flow.caller_left
        if not left and self.leaves_after is not None and len(self.result.events) >= self.leaves_after:
            self.caller_leaves()


class ToldPipeline(Pipeline):
    """The real hook table; each call is told before it is made."""

    def __init__(
        self, stages: Sequence[tuple[str, Any]], tell: Callable[[str], None], seconds: Mapping[str, float] | None
    ) -> None:
        self._tell = tell
        super().__init__(stages, seconds)

    def _bind(self, hook: Hook) -> Iterator[Bound]:
        if hook.name == "done":
            yield "playbook", self._outcome
        for name, method in super()._bind(hook):
            yield name, self._telling(f"{name}.{hook.name}", method)
        if hook.name == "upstream_response":
            yield "playbook", self._verdict

    def _telling(self, line: str, method: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(method)
        def told(*arguments: Any) -> Any:
            self._tell(line)
            return method(*arguments)

        return told

    async def _verdict(self, _: Flow, attempt: Attempt) -> None:
        if attempt.failure is not None and attempt.verdict is not None:
            self._tell(f"-- verdict {attempt.verdict.value}")

    async def _outcome(self, flow: Flow) -> None:
        assert flow.outcome is not None
        self._tell(f"-- {flow.outcome.value}")
