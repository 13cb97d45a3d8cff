"""One contract for the books of every engine."""

import asyncio
import random
import uuid

import pytest

from app.db.channels import Channel, ChannelKey
from app.db.engine import Engine
from app.db.users import User
from app.stores.ledger.books import Books
from app.stores.ledger.opened import books_of
from app.stores.ledger.operations import LOST, Answer, Hold, Release, Settle
from pipeline.billing.charge import Settlement
from pipeline.usage import Usage
from tests.app.stores.ledger.conftest import Payer, a_payer

POSTED, DONE_BEFORE = Answer.POSTED, Answer.DONE_BEFORE
LEASE = "w1"


def settled(payer: Payer, id_: str, amount: int, reason: str = "completed") -> Settle:
    return Settle(Settlement(payer.charge(id_), amount, reason, Usage(input=7, output=3)))


def void(payer: Payer, id_: str, reason: str = "upstream_failed") -> Settle:
    return Settle(Settlement(payer.charge(id_), 0, reason))


async def test_a_hold_is_taken_from_what_is_free_and_not_from_the_balance(books: Books) -> None:
    payer = await a_payer(100)
    assert await books.post([Hold(payer.charge("a"), 60), Hold(payer.charge("b"), 50)], LEASE) == [POSTED, Answer.NO_BALANCE]
    assert (await payer.balance(), await payer.used()) == ((100, 60), (0, 60))
    assert (await payer.state("a"), await payer.state("b")) == (("held", ""), None)


async def test_a_settlement_posts_what_was_used_and_frees_the_hold(books: Books) -> None:
    payer = await a_payer(100)
    await books.post([Hold(payer.charge("a"), 60)], LEASE)
    assert await books.post([settled(payer, "a", 25)], LEASE) == [POSTED]
    assert (await payer.balance(), await payer.used(), await payer.transfers()) == ((75, 0), (25, 0), [25])
    assert await payer.state("a") == ("settled", "completed")


async def test_a_settlement_counts_requests_and_tokens_once(books: Books) -> None:
    payer = await a_payer(100)
    await books.post([Hold(payer.charge("a"), 60)], LEASE)
    await books.post([settled(payer, "a", 25), settled(payer, "a", 25)], LEASE)
    await books.post([settled(payer, "a", 30)], LEASE)
    row = await User.select().where(User.id == payer.user).first()
    assert row is not None
    assert (row["requests"], row["input_tokens"], row["output_tokens"], row["used_nano"]) == (1, 7, 3, 25)
    assert row["last_used_at"] is not None


async def test_the_channel_and_its_key_keep_what_they_served_and_what_it_cost(books: Books) -> None:
    payer = await a_payer(100)
    channel, key = uuid.uuid4(), uuid.uuid4()
    await Channel.insert(Channel(id=channel, name="c", vendor="openai"))
    await ChannelKey.insert(ChannelKey(id=key, channel=channel, name="k", sealed=""))
    usage = Usage(input=7, output=3)
    served = Settlement(payer.charge("a"), 25, "completed", usage, cost=20, served_by=(str(channel), str(key)))
    await books.post([Hold(payer.charge("a"), 60), Settle(served)], LEASE)
    for row in (await Channel.select().first(), await ChannelKey.select().first()):
        assert row is not None
        counts = (row["requests"], row["input_tokens"], row["output_tokens"], row["used_nano"], row["cost_nano"])
        assert counts == (1, 7, 3, 25, 20)


async def test_a_void_charge_costs_nothing_and_counts_nothing(books: Books) -> None:
    payer = await a_payer(100)
    await books.post([Hold(payer.charge("a"), 60)], LEASE)
    assert await books.post([void(payer, "a"), void(payer, "a"), settled(payer, "a", 5)], LEASE) == [
        POSTED,
        DONE_BEFORE,
        DONE_BEFORE,
    ]
    assert (await payer.balance(), await payer.used(), await payer.transfers()) == ((100, 0), (0, 0), [])
    assert await payer.state("a") == ("void", "upstream_failed")


async def test_a_call_that_cost_nothing_is_settled_and_counted(books: Books) -> None:
    payer = await a_payer(0)
    assert await books.post([Hold(payer.charge("a"), 0), settled(payer, "a", 0)], LEASE) == [POSTED, POSTED]
    assert (await payer.balance(), await payer.transfers(), await payer.state("a")) == ((0, 0), [], ("settled", "completed"))


async def test_a_token_s_quota_bounds_what_it_holds_and_used(books: Books) -> None:
    payer = await a_payer(1000, quota=100)
    assert await books.post([Hold(payer.charge("a"), 60), settled(payer, "a", 60)], LEASE) == [POSTED, POSTED]
    answers = await books.post([Hold(payer.charge("b"), 41), Hold(payer.charge("c"), 40)], LEASE)
    assert answers == [Answer.NO_QUOTA, POSTED]
    assert (await payer.balance(), await payer.used()) == ((940, 40), (60, 40))


async def test_a_refused_hold_leaves_nothing_behind_on_either_side(books: Books) -> None:
    payer = await a_payer(1000, quota=10)
    await books.post([Hold(payer.charge("a"), 11)], LEASE)
    assert (await payer.balance(), await payer.used()) == ((1000, 0), (0, 0))


async def test_a_charge_may_hold_more_and_no_less(books: Books) -> None:
    payer = await a_payer(100)
    charge = payer.charge("a")
    answers = await books.post([Hold(charge, 40), Hold(charge, 40), Hold(charge, 70), Hold(charge, 10), Hold(charge, 101)], LEASE)
    assert answers == [POSTED, DONE_BEFORE, POSTED, DONE_BEFORE, Answer.NO_BALANCE]
    assert await payer.balance() == (100, 70)


async def test_a_call_may_cost_more_than_it_held(books: Books) -> None:
    payer = await a_payer(10)
    await books.post([Hold(payer.charge("a"), 10), settled(payer, "a", 15)], LEASE)
    assert await payer.balance() == (-5, 0)
    assert await books.post([Hold(payer.charge("b"), 1), Hold(payer.charge("c"), 0)], LEASE) == [Answer.NO_BALANCE, POSTED]


async def test_a_payer_that_is_not_there_holds_nothing(books: Books) -> None:
    nobody = Payer(uuid.uuid4(), uuid.uuid4())
    assert await books.post([Hold(nobody.charge("a"), 0)], LEASE) == [Answer.NO_ACCOUNT]


async def test_a_settled_charge_is_held_no_more(books: Books) -> None:
    payer = await a_payer(100)
    await books.post([Hold(payer.charge("a"), 1), settled(payer, "a", 1)], LEASE)
    assert await books.post([Hold(payer.charge("a"), 5), Release(payer.charge("a"), "x")], LEASE) == [
        Answer.RESOLVED,
        DONE_BEFORE,
    ]


async def test_a_dead_worker_s_charges_are_lost_and_a_live_one_s_are_not(books: Books) -> None:
    payer = await a_payer(100)
    await books.seen("alive")
    await books.post([Hold(payer.charge("a"), 1)], "alive")
    await books.post([Hold(payer.charge("b"), 2)], "never seen")
    assert await books.lost(30) == [payer.charge("b")]
    assert [charge.id for charge in await books.lost(-1)] == ["a", "b"]


async def test_a_late_settlement_of_a_lost_charge_is_posted_once(books: Books) -> None:
    payer = await a_payer(100)
    await books.post([Hold(payer.charge("a"), 40), Release(payer.charge("a"), LOST)], LEASE)
    assert (await payer.balance(), await payer.state("a")) == ((100, 0), ("void", LOST))
    assert await books.post([settled(payer, "a", 30), settled(payer, "a", 30)], LEASE) == [POSTED, DONE_BEFORE]
    assert (await payer.balance(), await payer.transfers()) == ((70, 0), [30])


async def test_a_settlement_without_its_hold_is_posted_all_the_same_and_a_void_one_is_nothing(books: Books) -> None:
    payer = await a_payer(100)
    assert await books.post([settled(payer, "a", 30), void(payer, "b")], LEASE) == [POSTED, DONE_BEFORE]
    assert (await payer.balance(), await payer.state("b")) == ((70, 0), None)


async def test_a_gone_worker_that_holds_nothing_is_forgotten(books: Books) -> None:
    payer = await a_payer(100)
    for lease in ("idle", "holding"):
        await books.seen(lease)
    await books.post([Hold(payer.charge("a"), 1)], "holding")
    await books.forget(-1)
    assert await books.lost(30) == []
    await books.post([void(payer, "a")], "holding")
    await books.forget(-1)


@pytest.mark.parametrize("run", range(2))
async def test_many_workers_never_hold_more_than_there_is(database: Engine, database_url: str, run: int) -> None:
    payer = await a_payer(100)
    workers = [books_of(database, database_url) for _ in range(3)]
    try:
        batches = [
            worker.post([Hold(payer.charge(f"{run}:{number}:{index}:{i}"), 1) for i in range(5)], f"w{number}")
            for number, worker in enumerate(workers)
            for index in range(20)
        ]
        random.Random(run).shuffle(batches)
        answers = [answer for batch in await asyncio.gather(*batches) for answer in batch]
        assert (answers.count(POSTED), answers.count(Answer.NO_BALANCE)) == (100, 200)
        assert await payer.balance() == (100, 100)
    finally:
        for worker in workers:
            await worker.close()
