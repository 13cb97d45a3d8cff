"""Scripts on their way to Redis. Those that are asked for while others are under way go together: one write, one read.

A round trip of redis-py takes 270 µs of CPU, mostly in the kernel; in batches of eight a script takes 80 µs.
"""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import count

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from pipeline.tasks import spawn

TOGETHER = 32
"""Others wait while Redis runs a script: some milliseconds for so many."""


class LeaseLost(Exception):
    """Redis does not know this worker, or has given up on it: it was emptied, or we were silent for too long."""


class WrongReply(Exception):
    """An answer to somebody else's question."""


LOST: tuple[type[Exception], ...] = (RedisError, OSError, RuntimeError, LeaseLost, WrongReply)
"""What a call raises when Redis cannot do its work. `TimeoutError` is an `OSError`; uvloop raises `RuntimeError` for a write to a
connection that has just been closed."""


@dataclass(frozen=True, slots=True)
class Call:
    script: str
    keys: Sequence[str]
    arguments: Sequence[str | int]
    id: str
    asked_at: float
    answer: asyncio.Future[list[str]]


class Batches:
    """The scripts are those of this package. One that Redis has forgotten is an error of Redis, until `load` has run again."""

    def __init__(self, url: str, answers_within: float) -> None:
        self._redis = Redis.from_url(
            url, decode_responses=True, socket_connect_timeout=answers_within, retry=Retry(NoBackoff(), 0)
        )
        self._within = answers_within
        self._shas: dict[str, str] = {}
        self._ids = count()
        self._waiting: deque[Call] = deque()
        self._sender: asyncio.Task[None] | None = None

    async def load(self) -> None:
        """Over a new connection: those from before a loss are dead, and each would be the next loss."""
        await self._redis.connection_pool.disconnect(inuse_connections=False)
        async with asyncio.timeout(self._within):
            for name in ("take", "change", "restore", "beat"):
                self._shas[name] = await self._redis.script_load(_source("window", "slots", name))

    async def call(self, script: str, keys: Sequence[str], *arguments: str | int) -> list[str]:
        """The words of the answer, without the call's id. Raises one of `LOST`."""
        loop = asyncio.get_running_loop()
        call = Call(script, keys, arguments, str(next(self._ids)), loop.time(), loop.create_future())
        self._waiting.append(call)
        if self._sender is None or self._sender.done():
            self._sender = spawn(self._send(), "limits to Redis")
        return await call.answer

    async def close(self) -> None:
        await self._redis.aclose()

    async def _send(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(TOGETHER, len(self._waiting)))]
            try:
                replies = await self._executed(batch)
            except Exception as problem:  # noqa: BLE001  # whoever waits must hear of it, whatever it is
                _fail([*batch, *self._waiting], problem)
                self._waiting.clear()
                return
            for call, reply in zip(batch, replies, strict=True):
                _answer(call, reply)

    async def _executed(self, batch: Sequence[Call]) -> list[str | Exception]:
        """Whoever has waited in the queue for too long has not been answered in time, either."""
        pipeline = self._redis.pipeline(transaction=False)
        for call in batch:
            pipeline.evalsha(self._shas.get(call.script, ""), len(call.keys), *call.keys, call.id, *call.arguments)
        async with asyncio.timeout_at(batch[0].asked_at + self._within):
            replies: list[str | Exception] = await pipeline.execute(raise_on_error=False)
        return replies


def _answer(call: Call, reply: str | Exception) -> None:
    """Whoever asked may have left meanwhile."""
    if call.answer.done():
        return
    if isinstance(reply, Exception):
        call.answer.set_exception(reply)
        return
    id_, *words = reply.split(" ")
    if id_ == call.id:
        call.answer.set_result(words)
    else:
        call.answer.set_exception(WrongReply("Redis answered another call"))


def _fail(calls: Sequence[Call], problem: Exception) -> None:
    for call in calls:
        if not call.answer.done():
            call.answer.set_exception(problem)


def _source(*names: str) -> str:
    return "\n".join(files(__package__).joinpath(f"{name}.lua").read_text() for name in names)
