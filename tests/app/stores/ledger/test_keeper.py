"""What dead workers leave is resolved by one that lives, once, and the log tells of it."""

import os
import time
from pathlib import Path

from app.db.engine import Engine
from app.db.log import LogEntry
from app.stores.ledger.audit import audit
from app.stores.ledger.books import Books
from app.stores.ledger.keeper import STALE_SECONDS, Keeper
from app.stores.ledger.operations import LOST, Hold
from app.stores.ledger.spool import Spool
from pipeline.billing.charge import Settlement
from pipeline.record import Record
from pipeline.usage import Usage
from tests.app.stores.ledger.conftest import a_payer

CALL = Record("consume", time.time(), "25 of 60", user="ann", amount_nano=25, detail={"lines": [{"kind": "input"}]})


async def told(kind: str) -> list[str]:
    rows = await LogEntry.select(LogEntry.content).where(LogEntry.type == kind).order_by(LogEntry.id)
    return [row["content"] for row in rows]


async def test_a_dead_worker_s_hold_is_void(books: Books, database: Engine, tmp_path: Path) -> None:
    payer = await a_payer(100)
    await books.post([Hold(payer.charge("a"), 60)], "dead")
    keeper = Keeper(books, "alive", Spool(tmp_path, "alive"))
    for _ in range(2):
        await keeper.look_round()
    assert (await payer.balance(), await payer.state("a")) == ((100, 0), ("void", LOST))
    assert await told("system") == ["1 charges that dead workers held are void"]
    assert [line for finding in await audit(database) for line in finding.breaks] == []


async def test_what_it_left_in_its_spool_is_posted_with_its_record(books: Books, tmp_path: Path) -> None:
    payer = await a_payer(100)
    await books.post([Hold(payer.charge("a"), 60)], "dead")
    Spool(tmp_path, "dead").write([Settlement(payer.charge("a"), 25, "completed", Usage(input=7), record=CALL)])
    [file] = tmp_path.glob("*.settlements")
    long_ago = time.time() - STALE_SECONDS - 1
    os.utime(file, (long_ago, long_ago))
    keeper = Keeper(books, "alive", Spool(tmp_path, "alive"))
    for _ in range(2):
        await keeper.look_round()
    assert (await payer.balance(), await payer.state("a")) == ((75, 0), ("settled", "completed"))
    assert await told("consume") == ["25 of 60"]
    assert await told("system") == ["1 settlements that a worker had left in dead.settlements are posted"]
    assert not file.exists()


async def test_a_spool_that_somebody_writes_to_is_left_alone(books: Books, tmp_path: Path) -> None:
    payer = await a_payer(100)
    await books.seen("busy")
    await books.post([Hold(payer.charge("a"), 60)], "busy")
    Spool(tmp_path, "busy").write([Settlement(payer.charge("a"), 25, "completed", Usage(input=7))])
    await Keeper(books, "alive", Spool(tmp_path, "alive")).look_round()
    assert await payer.state("a") == ("held", "")
