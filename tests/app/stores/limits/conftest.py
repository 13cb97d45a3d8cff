"""A Redis of its own for the tests of the limits, and workers that count in it."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import replace

import pytest

from app.stores.limits.counters import RedisCounters
from app.stores.limits.shared import SharedLimits
from app.stores.lost import REDIS
from tests.redis import MISSING, RedisServer, installed, redis_server

PATIENT = replace(REDIS, answers_within=5.0, looks_every=0.02)
"""A machine that is busy with other tests is no lost Redis."""

MakeWorker = Callable[..., "SharedLimits"]


@pytest.fixture(scope="session")
def redis_for_session() -> Iterator[RedisServer]:
    if not installed():
        pytest.skip(MISSING)
    with redis_server() as server:
        yield server


@pytest.fixture
def redis(redis_for_session: RedisServer) -> RedisServer:
    """Empty."""
    redis_for_session.flush()
    return redis_for_session


@pytest.fixture
async def make_worker(redis: RedisServer) -> AsyncIterator[MakeWorker]:
    """Workers that are closed at the end; `start` them."""
    async with AsyncExitStack() as stack:

        def made(*, workers: int = 1, stale: float = 30.0, beat: float = 10.0) -> SharedLimits:
            worker = SharedLimits(RedisCounters(redis.url, PATIENT.answers_within, stale), workers, PATIENT, beat)
            stack.push_async_callback(worker.close)
            stack.callback(worker.stop)
            return worker

        yield made
