"""One request's exchange with its caller: what is sent when, who notices that the caller left, and that it is settled."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress

from litestar.types import Receive, Send

from app.generation import Generation
from pipeline.errors import GatewayError, Unavailable, UpstreamTimeout
from pipeline.flow import Flow, Reply
from pipeline.ports import ErrorFormat
from pipeline.tasks import spawn

WATCH_AFTER = 0.1
"""Seconds. Who leaves within them is noticed at their end."""

DRAIN_SECONDS = 30.0
"""How long a stream is read on for its exact bill after its caller has left."""


class Conversation:
    """Lives as long as its flow. The flow's deadline is one `asyncio.timeout`; the caller's leaving moves it to now, and so does
    the gateway's end."""

    def __init__(
        self, generation: Generation, errors: ErrorFormat, receive: Receive, send: Send, extra_headers: dict[str, str]
    ) -> None:
        self._generation = generation
        self._runner = generation.runner
        self._errors = errors
        self._receive = receive
        self._send = send
        self._extra = extra_headers
        self._flow: Flow | None = None
        self._deadline = asyncio.timeout(generation.total)
        self._ended_by: GatewayError | None = None
        self._watching: asyncio.TimerHandle | None = None
        self._watcher: asyncio.Task[None] | None = None

    async def hold(self, flow: Flow) -> None:
        """From the first hook to the last byte; then the settlement, whatever happened."""
        self._flow = flow
        self._generation.enter()
        try:
            await self._within_deadline(flow)
        finally:
            if self._watching is not None:
                self._watching.cancel()
            if self._watcher is not None:
                self._watcher.cancel()
            if flow.trace is not None:
                flow.trace.answered()
            if self._runner.settles:
                spawn(self._settle(flow), f"settle {flow.id}")
            else:
                await self._settle(flow)

    def end(self) -> None:
        """The gateway cannot wait any longer: the caller gets an error, in the stream if it has begun."""
        self._ended_by = Unavailable("The gateway is shutting down.", code="shutting_down", retry_after=5)
        self._move_deadline(0)

    def watch(self) -> None:
        """Called when the body is whole: from here on `receive` has only one thing to say. Most calls are over before it is worth
        a task to listen."""
        self._watching = asyncio.get_running_loop().call_later(WATCH_AFTER, self._start_watching)

    def _start_watching(self) -> None:
        self._watcher = spawn(self._watch(), "disconnect watcher")

    async def _settle(self, flow: Flow) -> None:
        try:
            await self._runner.settle(flow)
        finally:
            self._generation.leave()

    async def _within_deadline(self, flow: Flow) -> None:
        try:
            async with self._deadline:
                await self._reply(flow, await self._runner.respond(flow, self._errors))
        except TimeoutError:
            if flow.caller_left:
                return
            late = self._ended_by or UpstreamTimeout(
                "The request did not finish within the gateway's time limit.", code="deadline_exceeded"
            )
            if flow.promised:
                await self._send_piece(await self._runner.cut(flow, late, self._errors))
                await self._send_piece(b"", more=False)
            else:
                await self._reply(flow, await self._runner.fail(flow, late, self._errors))

    async def _reply(self, flow: Flow, reply: Reply) -> None:
        if flow.caller_left:
            return
        if reply.events is None:
            flow.promised = flow.committed = True
            await send_unary(self._send, reply, flow.id, self._extra)
        else:
            await self._stream(flow, reply, reply.events)

    async def _stream(self, flow: Flow, reply: Reply, events: AsyncIterator[list[bytes]]) -> None:
        headers = {
            "cache-control": "no-cache",
            "x-accel-buffering": "no",
            **reply.headers,
            **self._extra,
            "x-request-id": flow.id,
        }
        await self._send({"type": "http.response.start", "status": reply.status, "headers": _encoded(headers)})
        flow.promised = True
        async with aclosing(self._runner.chunks(flow, events, self._errors)) as pieces:
            async for piece in pieces:
                if flow.caller_left:
                    break
                await self._send_piece(piece)
        if flow.caller_left:
            await self._runner.drain(events)
        else:
            await self._send_piece(b"", more=False)

    async def _send_piece(self, piece: bytes, *, more: bool = True) -> None:
        await self._send({"type": "http.response.body", "body": piece, "more_body": more})

    async def _watch(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            continue
        self._caller_left()

    def _caller_left(self) -> None:
        """A unary call that has begun is read to its end, and so is a stream that some stage wants the exact bill of; all else
        stops where it waits."""
        flow = self._flow
        assert flow is not None
        flow.caller_left = True
        if flow.trace is not None:
            flow.trace.note("caller left")
        attempt = flow.attempt
        if attempt is None or attempt.ended is not None:
            self._move_deadline(0)
        elif flow.asked_stream:
            self._move_deadline(DRAIN_SECONDS if flow.on_disconnect == "drain" else 0)

    def _move_deadline(self, seconds: float) -> None:
        """From now; not once it has passed, for then the flow is ending already."""
        with suppress(RuntimeError):
            self._deadline.reschedule(asyncio.get_running_loop().time() + seconds)


async def send_unary(send: Send, reply: Reply, flow_id: str, extra: dict[str, str]) -> None:
    headers = {**reply.headers, **extra, "x-request-id": flow_id}
    if reply.status != 204:
        headers["content-length"] = str(len(reply.body))
    await send({"type": "http.response.start", "status": reply.status, "headers": _encoded(headers)})
    await send({"type": "http.response.body", "body": reply.body, "more_body": False})


def _encoded(headers: dict[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("latin-1"), value.encode("latin-1", "replace")) for name, value in headers.items()]
