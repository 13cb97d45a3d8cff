"""Rows that are old enough are deleted, by one node, a few at a time."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest

from app.config.settings import Log
from app.db.engine import Engine
from app.db.log import LogContent, LogEntry, UsageHour
from app.jobs import retention
from app.jobs.lease import take
from app.jobs.retention import JOB, Retention
from app.stores.ledger.books import Books
from app.stores.ledger.opened import books_of
from pipeline.record import Content, Record

DAY = 86_400


@pytest.fixture
async def books(database: Engine, database_url: str) -> AsyncIterator[Books]:
    made = books_of(database, database_url)
    yield made
    await made.close()


async def fill(books: Books, rows: int = 1) -> None:
    now = time.time()
    ages = {"old": 91 * DAY, "young": 89 * DAY, "new": 0}
    await books.log([Record("consume", now - age, name, user=name) for name, age in ages.items() for _ in range(rows)])
    await books.log([Content(name, now - age / 12, "", "", 0, 0) for name, age in ages.items()])


async def left() -> tuple[list[str], list[str]]:
    rows = await LogEntry.select(LogEntry.content).where(LogEntry.type == "consume").order_by(LogEntry.id)
    said = await LogContent.select(LogContent.request_id).order_by(LogContent.id)
    return [row["content"] for row in rows], [row["request_id"] for row in said]


async def told() -> list[str]:
    rows = await LogEntry.select(LogEntry.content).where(LogEntry.type == "system").order_by(LogEntry.id)
    return [row["content"] for row in rows]


async def test_what_is_too_old_goes_and_the_hours_stay(books: Books, database: Engine) -> None:
    await fill(books)
    await Retention(database, Log()).look_round()
    assert await left() == (["young", "new"], ["new"])
    assert await told() == [
        "deleted 1 rows of log that were older than 90 days",
        "deleted 2 rows of log_content that were older than 7 days",
    ]
    assert await UsageHour.count() == 3


async def test_without_a_bound_everything_stays(books: Books, database: Engine) -> None:
    await fill(books)
    await Retention(database, Log(retention_days=None, content_retention_days=None)).look_round()
    assert await left() == (["old", "young", "new"], ["old", "young", "new"])
    assert await told() == []


async def test_it_goes_on_batch_by_batch(books: Books, database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "PAUSE", 0)
    await fill(books, rows=5)
    await Retention(database, Log()).look_round()
    assert (await left())[0] == ["young"] * 5 + ["new"] * 5
    assert (await told())[0] == "deleted 5 rows of log that were older than 90 days"


async def test_a_node_without_the_lease_deletes_nothing(books: Books, database: Engine) -> None:
    await fill(books)
    assert await take(database, JOB, "another node", 60)
    await Retention(database, Log()).look_round()
    assert (await left())[0] == ["old", "young", "new"]


async def test_it_begins_with_the_gateway_and_ends_with_it(books: Books, database: Engine) -> None:
    await fill(books)
    job = Retention(database, Log())
    job.start()
    async with asyncio.timeout(10):
        while (await left())[0] != ["young", "new"]:
            await asyncio.sleep(0.05)
        await job.stop()
