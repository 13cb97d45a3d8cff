"""Several workers with one Redis: together at the limit, whoever dies, and whatever happens to Redis."""

import asyncio
import logging
from collections.abc import Callable

import pytest

from app.stores.limits.counters import WORKERS, RedisCounters
from app.stores.limits.shared import SharedLimits
from pipeline.limits.claims import Claim, Grant
from tests.app.stores.limits.conftest import PATIENT, MakeWorker
from tests.pipeline.limits.claiming import claim
from tests.redis import RedisServer


async def started(make_worker: MakeWorker, number: int = 2, **how: float) -> list[SharedLimits]:
    workers = [make_worker(**how) for _ in range(number)]
    for worker in workers:
        await worker.start()
    return workers


async def eventually(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not happened():
            await asyncio.sleep(0.01)


async def admitted(workers: list[SharedLimits], times: int, *claims: Claim) -> list[Grant]:
    """Of `times` takings at each worker, all at once."""
    answers = await asyncio.gather(*[worker.take(claims) for _ in range(times) for worker in workers])
    return [answer for answer in answers if isinstance(answer, Grant)]


async def test_two_workers_together_admit_exactly_the_limit(make_worker: MakeWorker) -> None:
    workers = await started(make_worker)
    assert len(await admitted(workers, 100, claim(70))) == 70
    assert len(await admitted(workers, 20, claim(9, word="concurrent", whose="other"))) == 9


async def test_slots_of_a_worker_that_died_are_free_when_its_lease_is_stale(make_worker: MakeWorker) -> None:
    dies, lives = await started(make_worker, stale=0.4, beat=0.1)
    slot = claim(2, word="concurrent")
    held = await admitted([dies], 2, slot)
    assert len(held) == 2
    await asyncio.sleep(0.8)
    assert not await admitted([lives], 1, slot), "while it beats, its lease is good"
    dies.stop()
    async with asyncio.timeout(5):
        while not await admitted([lives], 1, slot):
            await asyncio.sleep(0.05)


async def test_a_worker_that_leaves_properly_frees_its_slots_at_once(make_worker: MakeWorker) -> None:
    leaves, stays = await started(make_worker)
    slot = claim(1, word="concurrent")
    await admitted([leaves], 1, slot)
    assert not await admitted([stays], 1, slot)
    leaves.stop()
    await leaves.close()
    assert len(await admitted([stays], 1, slot)) == 1


async def test_a_worker_that_hung_takes_its_slots_up_again(make_worker: MakeWorker, redis: RedisServer) -> None:
    hung, other = await started(make_worker, stale=30)
    slot = claim(3, word="concurrent")
    [held] = await admitted([hung], 1, slot)
    lease = hung._lease
    redis.command("ZADD", WORKERS, "1000", lease)
    assert len(await admitted([other], 5, slot)) == 3, "it is taken for dead"
    assert len(await admitted([hung], 1, claim(5))) == 1
    await eventually(lambda: hung.shared and hung._lease != lease)
    assert not await admitted([other], 1, slot), "one slot too many is held until it ends"
    await hung.give_back(held, None)
    assert not await admitted([other], 1, slot)


async def test_without_redis_the_workers_share_the_limit_and_count_on(make_worker: MakeWorker, redis: RedisServer) -> None:
    workers = await started(make_worker, workers=2)
    assert len(await admitted(workers, 3, claim(20))) == 6
    redis.stop()
    try:
        await asyncio.gather(*[admitted([worker], 1, claim(20)) for worker in workers])
        assert not any(worker.shared for worker in workers)
        total = 6 + 2 + len(await admitted(workers, 30, claim(20)))
        assert total == 20, "each knows what it has admitted before"
    finally:
        redis.start()
    await eventually(lambda: all(worker.shared for worker in workers))
    assert not await admitted(workers, 5, claim(20)), "an empty Redis was told of everything"


async def test_a_redis_that_kept_its_data_is_told_only_what_it_missed(make_worker: MakeWorker, redis: RedisServer) -> None:
    [worker] = await started(make_worker, 1)
    assert len(await admitted([worker], 2, claim(10))) == 2
    worker._lose(ConnectionError(), worker._lease)
    assert len(await admitted([worker], 3, claim(10))) == 3
    await eventually(lambda: worker.shared)
    assert len(await admitted([worker], 20, claim(10))) == 5


async def test_slots_that_change_hands_while_redis_is_away_are_right_afterwards(
    make_worker: MakeWorker, redis: RedisServer
) -> None:
    [worker] = await started(make_worker, 1)
    slot = claim(4, word="concurrent")
    before = await admitted([worker], 3, slot)
    redis.stop()
    try:
        await worker.give_back(before[0], None)
        [during] = await admitted([worker], 1, slot)
        await worker.give_back(before[1], None)
    finally:
        redis.start()
    await eventually(lambda: worker.shared)
    assert len(await admitted([worker], 9, slot)) == 2, "two are held"
    await worker.give_back(during, None)
    assert len(await admitted([worker], 9, slot)) == 1


async def test_an_emptied_redis_is_noticed_by_the_next_call(make_worker: MakeWorker, redis: RedisServer) -> None:
    [worker] = await started(make_worker, 1)
    slot = claim(2, word="concurrent")
    [held] = await admitted([worker], 1, slot, claim(5, whose="minute"))
    redis.flush()
    assert len(await admitted([worker], 3, slot)) == 1, "decided by the worker itself"
    await eventually(lambda: worker.shared)
    assert not await admitted([worker], 1, slot)
    await worker.give_back(held, None)
    assert len(await admitted([worker], 3, slot)) == 1
    assert len(await admitted([worker], 9, claim(5, whose="minute"))) == 4


@pytest.mark.parametrize("trouble", ["CONFIG SET maxmemory 1", "REPLICAOF 127.0.0.1 1", "SCRIPT FLUSH"])
async def test_a_redis_that_cannot_do_its_work_counts_as_lost(make_worker: MakeWorker, redis: RedisServer, trouble: str) -> None:
    [worker] = await started(make_worker, 1)
    redis.command(*trouble.split())
    try:
        assert len(await admitted([worker], 9, claim(5))) == 5
        assert not worker.shared
    finally:
        redis.command("CONFIG", "SET", "maxmemory", "0")
        redis.command("REPLICAOF", "NO", "ONE")
    await eventually(lambda: worker.shared)
    assert not await admitted([worker], 3, claim(5))


async def test_a_redis_that_hangs_holds_up_only_the_first_calls(redis: RedisServer) -> None:
    worker = SharedLimits(RedisCounters(redis.url, 0.2), 1, PATIENT)
    await worker.start()
    redis.command("CLIENT", "PAUSE", "2000", "ALL")
    async with asyncio.timeout(1.5):
        assert len(await admitted([worker], 200, claim(50))) == 50
    assert not worker.shared
    await eventually(lambda: worker.shared)
    assert not await admitted([worker], 5, claim(50))
    worker.stop()
    await worker.close()


async def test_a_gateway_starts_without_redis_and_finds_it_later(
    make_worker: MakeWorker, redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    redis.stop()
    worker = make_worker(workers=2)
    try:
        await worker.start()
        assert len(await admitted([worker], 10, claim(10))) == 5
    finally:
        redis.start()
    await eventually(lambda: worker.shared)
    assert len(await admitted([worker], 10, claim(10))) == 5
    [told] = [record.message for record in caplog.records if record.levelno == logging.ERROR]
    assert told.startswith("Redis is not there (Error 111 connecting")
    assert told.endswith(PATIENT.meanwhile)


async def test_an_outage_is_told_once_and_its_end(
    make_worker: MakeWorker, redis: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    [worker] = await started(make_worker, 1)
    caplog.clear()
    redis.stop()
    await admitted([worker], 20, claim(5))
    await asyncio.sleep(0.2)
    redis.start()
    await eventually(lambda: worker.shared)
    lost, back = caplog.records
    assert lost.message == f"Redis is lost (Connection closed by server.): {PATIENT.meanwhile}"
    assert back.message == "limits are counted in Redis; workers alive: 1"


async def test_a_limit_below_the_number_of_workers_is_no_closed_door(make_worker: MakeWorker) -> None:
    worker = make_worker(workers=8)
    assert len(await admitted([worker], 9, claim(3))) == 1
    assert len(await admitted([worker], 9, claim(800, 300, word="tpm"))) == 1, "larger than a share, smaller than the limit"


async def test_a_refusal_without_redis_still_names_the_whole_limit(make_worker: MakeWorker) -> None:
    worker = make_worker(workers=4)
    await admitted([worker], 2, claim(8))
    answer = await worker.take([claim(8)])
    assert answer.claim.limit == 8  # type: ignore[union-attr]
    hopeless = await worker.take([claim(8, 9, word="tpm")])
    assert hopeless.hopeless  # type: ignore[union-attr]


async def test_every_key_has_the_hash_tag_and_an_end(make_worker: MakeWorker, redis: RedisServer) -> None:
    [worker] = await started(make_worker, 1)
    claims = [claim(5), claim(5, word="rpd"), claim(500, 5, word="tpm"), claim(5, word="concurrent")]
    [grant] = await admitted([worker], 1, *claims)
    await worker.give_back(grant, 400)
    keys = await worker._counters._batches._redis.keys("*")
    assert len(keys) == 4, "the workers, and three windows: a slot that is free leaves nothing"
    for key in keys:
        assert key.startswith("{aihub}:")
        assert key == WORKERS or 0 < await worker._counters._batches._redis.ttl(key) <= 88_200
