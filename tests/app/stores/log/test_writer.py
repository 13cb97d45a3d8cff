"""Records are written beside the requests, in batches; what cannot be kept is counted."""

import asyncio
import logging
from collections.abc import Sequence
from typing import cast

import pytest

from app.stores.ledger.books import Books
from app.stores.log import writer
from app.stores.log.writer import DatabaseLog, open_log
from pipeline.record import Content, Record


class SomeBooks:
    """Books that keep what they are told, while they can."""

    def __init__(self) -> None:
        self.batches: list[Sequence[Record | Content]] = []
        self.failure: Exception | None = None

    async def log(self, records: Sequence[Record | Content]) -> None:
        if self.failure is not None:
            raise self.failure
        self.batches.append(records)

    @property
    def contents(self) -> list[str]:
        return [record.content for batch in self.batches for record in batch if isinstance(record, Record)]


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> SomeBooks:
    monkeypatch.setattr(writer, "GATHERS", 0.01)
    return SomeBooks()


def numbered(number: int) -> Record:
    return Record("system", 0.0, str(number))


async def test_what_gathers_is_written_in_batches_and_in_order(books: SomeBooks) -> None:
    async with open_log(cast("Books", books)) as log:
        for number in range(600):
            log.write(numbered(number))
        assert books.batches == []
        await asyncio.sleep(0.1)
        assert [len(batch) for batch in books.batches] == [256, 256, 88]
    assert books.contents == [str(number) for number in range(600)]


async def test_what_waits_at_the_end_is_written(books: SomeBooks) -> None:
    async with open_log(cast("Books", books)) as log:
        log.write(numbered(1))
    assert books.contents == ["1"]


async def test_while_the_database_is_away_records_wait_and_beyond_the_bound_they_are_counted(
    books: SomeBooks, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = DatabaseLog(cast("Books", books), most=3)
    monkeypatch.setattr(writer, "DATABASE", type("Loss", (), {"looks_every": 0.01}))
    books.failure = OSError("no route")
    log.start()
    for number in range(5):
        log.write(numbered(number))
    with caplog.at_level(logging.INFO, "aihub.log"):
        await asyncio.sleep(0.1)
        books.failure = None
        await asyncio.sleep(0.1)
        await log.close()
    assert books.contents == ["0", "1", "2"]
    assert [record.getMessage() for record in caplog.records] == [
        "the log cannot be written: no route",
        "the log can be written again",
        "2 rows of the log are lost: they came faster than they could be written",
    ]


async def test_a_database_that_stays_away_does_not_keep_the_process(books: SomeBooks) -> None:
    books.failure = OSError("no route")
    async with asyncio.timeout(5), open_log(cast("Books", books)) as log:
        log.write(numbered(1))
        await asyncio.sleep(0.1)


async def test_a_row_that_cannot_be_written_does_not_stop_those_after_it(books: SomeBooks) -> None:
    books.failure = TypeError("a fault of our own")
    async with open_log(cast("Books", books)) as log:
        log.write(numbered(1))
        await asyncio.sleep(0.1)
        books.failure = None
        log.write(numbered(2))
    assert books.contents == ["2"]


async def test_contents_are_bounded_apart(books: SomeBooks) -> None:
    log = DatabaseLog(cast("Books", books))
    for _ in range(writer.MOST_CONTENTS + 10):
        log.write(Content("r", 0.0, "", "", 0, 0))
    log.write(numbered(1))
    log.start()
    await log.close()
    assert sum(map(len, books.batches)) == writer.MOST_CONTENTS + 1
