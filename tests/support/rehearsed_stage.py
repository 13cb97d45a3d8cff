"""A stage that does, in the hook that the model's name says, what an operator would want to see on a trace."""

import asyncio
import time

from pipeline.flow import Attempt, Event, Flow
from pipeline.stage import SkipTarget

CRASH_TEXT = "crash-canary-7d1f"


class Rehearsed:
    """`crash`, `crash-late`: at once, or with an attempt begun. `skip`: not at the channel `first`. `wait`, `compute`: a hook
    that does I/O, one that is slow. `crash-done`: when all is over. `crash-chunk`: in the middle of a stream."""

    async def request(self, flow: Flow) -> None:
        await flow.body()
        if flow.model.endswith("crash"):
            raise RuntimeError(CRASH_TEXT)
        if flow.model.endswith("wait"):
            await asyncio.sleep(0.001)
        if flow.model.endswith("compute"):
            time.sleep(0.005)  # noqa: ASYNC251  # a stage that computes for long

    async def target(self, flow: Flow, attempt: Attempt) -> None:
        if flow.model.endswith("skip") and attempt.target.channel.name == "first":
            raise SkipTarget

    async def upstream_request(self, flow: Flow, attempt: Attempt) -> None:
        if flow.model.endswith("crash-late"):
            raise RuntimeError(CRASH_TEXT)

    def chunk(self, flow: Flow, event: Event) -> Event:
        if flow.model.endswith("crash-chunk") and not event.unary and b"second" in event.raw:
            raise RuntimeError(CRASH_TEXT)
        return event

    async def done(self, flow: Flow) -> None:
        if flow.model.endswith("crash-done"):
            raise RuntimeError(CRASH_TEXT)
