"""The audit finds nothing in books that were only ever posted to, and everything that was done to them by hand."""

import asyncio
import random
from collections.abc import Sequence

import pytest

from app.db.engine import Engine
from app.db.ledger import LedgerEntry
from app.stores.ledger.audit import audit
from app.stores.ledger.books import Books
from app.stores.ledger.opened import books_of
from app.stores.ledger.operations import LOST, Hold, Operation, Release, Settle
from pipeline.billing.charge import Settlement
from pipeline.record import Record
from pipeline.usage import Usage
from tests.app.stores.ledger.conftest import Payer, a_payer

LEASE = "w1"
CALL = Record("consume", 1_800_000_000.0, "", amount_nano=5)


async def broken(engine: Engine) -> list[str]:
    return [f"{finding.invariant.name} {line}" for finding in await audit(engine) for line in finding.breaks]


def any_operation(chance: random.Random, payers: Sequence[Payer]) -> Operation:
    payer = chance.choice(payers)
    charge = payer.charge(f"{payer.user}:{chance.randrange(40)}")
    match chance.randrange(5):
        case 0 | 1:
            return Hold(charge, chance.randrange(30))
        case 2:
            return Settle(Settlement(charge, chance.randrange(1, 40), "completed", Usage(input=1, output=1)))
        case 3:
            return Settle(Settlement(charge, 0, "upstream_failed"))
    return Release(charge, LOST)


@pytest.mark.parametrize("seed", range(2))
async def test_a_storm_leaves_the_books_in_order_at_every_moment(database: Engine, database_url: str, seed: int) -> None:
    chance = random.Random(seed)
    payers = [await a_payer(300, name="ann"), await a_payer(200, quota=150, name="bob"), await a_payer(0, name="cy")]
    workers = [books_of(database, database_url) for _ in range(3)]
    try:
        await workers[0].seen(LEASE)
        storm = [
            worker.post([any_operation(chance, payers) for _ in range(chance.randrange(1, 6))], LEASE)
            for _ in range(40)
            for worker in workers
        ]
        looks = [broken(database) for _ in range(5)]
        found = (await asyncio.gather(asyncio.gather(*storm), asyncio.gather(*looks)))[1]
        assert found == [[]] * 5
        assert await broken(database) == []
    finally:
        for worker in workers:
            await worker.close()


async def test_it_says_how_much_it_looked_at(books: Books, database: Engine) -> None:
    payer = await a_payer(100)
    await a_payer(0, name="bob")
    await books.seen(LEASE)
    await books.post([Hold(payer.charge("a"), 5), Hold(payer.charge("b"), 7)], LEASE)
    await books.post([Settle(Settlement(payer.charge("a"), 5, "completed", Usage(), record=CALL))], LEASE)
    looked_at = {(each.invariant.things, each.checked) for each in await audit(database)}
    assert looked_at == {
        ("transfers", 2),
        ("accounts", 3),
        ("users", 2),
        ("tokens", 2),
        ("charges", 2),
        ("settled charges", 1),
        ("transfers for charges", 1),
        ("open charges", 1),
        ("opening credits", 1),
        ("rows of the log", 1),
    }


BY_HAND = {
    "UPDATE users SET balance_nano = balance_nano + 1000": [
        "I2 user ann: the balance is 0.000001085 USD, the ledger says 0.000000085 USD"
    ],
    "UPDATE users SET held_nano = 0": ["I2 user ann: held_nano says 0 USD, its charges 0.000000007 USD"],
    "UPDATE users SET used_nano = 0": ["I2 user ann: used_nano says 0 USD, its charges 0.000000015 USD"],
    "UPDATE tokens SET held_nano = 8": ["I2 token ann: held_nano says 0.000000008 USD, its charges 0.000000007 USD"],
    "UPDATE tokens SET used_nano = 0": ["I2 token ann: used_nano says 0 USD, its charges 0.000000015 USD"],
    "UPDATE ledger SET amount_nano = -10 WHERE key = 'charge:settled'": [
        "I1 transfer charge:settled: -0.00000001 USD from 'user:ann' to 'house:sales'",
        "I2 user ann: the balance is 0.000000085 USD, the ledger says 0.000000105 USD",
        "I3 charge settled: it cost 0.00000001 USD, the ledger has -0.00000001 USD for it, or another user",
    ],
    "UPDATE ledger SET debit_account = 'user:nobody' WHERE key = 'charge:settled'": [
        "I1 account 'user:nobody': there is no such user",
        "I2 user ann: the balance is 0.000000085 USD, the ledger says 0.000000095 USD",
        "I3 charge settled: it cost 0.00000001 USD, the ledger has 0.00000001 USD for it, or another user",
    ],
    "DELETE FROM ledger WHERE key = 'charge:settled'": [
        "I2 user ann: the balance is 0.000000085 USD, the ledger says 0.000000095 USD",
        "I3 charge settled: it cost 0.00000001 USD, the ledger has 0 USD for it, or another user",
    ],
    "UPDATE ledger SET key = 'charge:void' WHERE key = 'charge:settled'": [
        "I3 charge settled: it cost 0.00000001 USD, the ledger has 0 USD for it, or another user",
        "I3 transfer charge:void: 0.00000001 USD, and the charge is void",
    ],
    "UPDATE ledger SET key = 'charge:open' WHERE key = 'charge:settled'": [
        "I3 charge settled: it cost 0.00000001 USD, the ledger has 0 USD for it, or another user",
        "I3 transfer charge:open: 0.00000001 USD, and the charge is held",
    ],
    "DELETE FROM charges WHERE id = 'settled'": [
        "I2 user ann: used_nano says 0.000000015 USD, its charges 0.000000005 USD",
        "I2 token ann: used_nano says 0.000000015 USD, its charges 0.000000005 USD",
        "I3 transfer charge:settled: 0.00000001 USD, and the charge is not there",
    ],
    "UPDATE charges SET state = 'lost' WHERE id = 'void'": ["I3 charge void: it is 'lost', with 0 USD"],
    "UPDATE charges SET amount_nano = 3 WHERE id = 'void'": ["I3 charge void: it is 'void', with 0.000000003 USD"],
    "UPDATE leases SET seen_at = seen_at - 61": [
        "I3 charge open: it holds 0.000000007 USD for the worker w1, which is gone; a gateway that runs releases it"
    ],
    "UPDATE charges SET held_nano = 101 WHERE id = 'open'": [
        "I2 user ann: held_nano says 0.000000007 USD, its charges 0.000000101 USD",
        "I2 token ann: held_nano says 0.000000007 USD, its charges 0.000000101 USD",
    ],
    "UPDATE users SET held_nano = 101": [
        "I2 user ann: held_nano says 0.000000101 USD, its charges 0.000000007 USD",
        "I4 user ann: -0.000000016 USD are free, and calls went over their holds by 0.000000008 USD only",
    ],
    "UPDATE log SET amount_nano = 4": ["I7 charge cheap: the log says 0.000000004 USD, the charge 0.000000005 USD"],
    "UPDATE log SET charge = 'void'": ["I7 charge void: the log says 0.000000005 USD, the charge 0 USD"],
    "UPDATE ledger SET kind = 'opening'": ["I5 account 'house:sales': it has 2 opening credits"],
}


@pytest.mark.parametrize("statement", BY_HAND)
async def test_what_was_done_by_hand_is_found(books: Books, database: Engine, statement: str) -> None:
    payer = await a_payer(100)
    await books.seen(LEASE)
    await books.post([Hold(payer.charge(id_), 7) for id_ in ("open", "void", "settled")], LEASE)
    await books.post([Settle(Settlement(payer.charge("void"), 0, "upstream_failed"))], LEASE)
    await books.post([Settle(Settlement(payer.charge("settled"), 10, "completed", Usage()))], LEASE)
    await books.post([Settle(Settlement(payer.charge("cheap"), 5, "completed", Usage(), record=CALL))], LEASE)
    assert await broken(database) == []
    await LedgerEntry.raw(statement)
    assert [line.replace(str(payer.user), "ann") for line in await broken(database)] == BY_HAND[statement]
