"""The log as the stages see it: they leave a record and go on, one task writes what has come, many rows to a transaction."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.db.errors import FAILURES, reason
from app.stores.ledger.books import Books
from app.stores.lost import DATABASE
from pipeline.record import Content, Record
from pipeline.tasks import spawn

log = logging.getLogger("aihub.log")

LARGEST_BATCH = 256
MOST_WAITING = 20_000
MOST_CONTENTS = 500
"""Of these each may take 128 KiB."""

GATHERS = 0.2
"""Seconds for which records gather before they are written."""


class DatabaseLog:
    """Implements `pipeline.ports.Log`. While the database is away records wait, as many as `most`; one more is dropped, and
    counted."""

    def __init__(self, books: Books, *, most: int = MOST_WAITING) -> None:
        self._books = books
        self._most = most
        self._waiting: deque[Record | Content] = deque()
        self._contents = 0
        self._dropped = 0
        self._failing = False
        self._work = asyncio.Event()
        self._closing = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._worker = spawn(self._write_all(), "log", service=True)

    async def close(self) -> None:
        """Write what waits, if it can be written now."""
        self._closing.set()
        self._work.set()
        if self._worker is not None:
            await asyncio.shield(self._worker)

    def write(self, record: Record | Content) -> None:
        is_content = isinstance(record, Content)
        if len(self._waiting) >= self._most or (is_content and self._contents >= MOST_CONTENTS):
            self._dropped += 1
            return
        self._contents += is_content
        self._waiting.append(record)
        self._work.set()

    async def _write_all(self) -> None:
        while self._waiting or not self._closing.is_set():
            await self._work.wait()
            self._work.clear()
            await self._sleep(GATHERS)
            while self._waiting:
                if not await self._write():
                    if self._closing.is_set():
                        return
                    await self._sleep(DATABASE.looks_every)

    async def _write(self) -> bool:
        """One batch. Whether it is written, or given up."""
        batch = [self._waiting[index] for index in range(min(len(self._waiting), LARGEST_BATCH))]
        try:
            await self._books.log(batch)
        except FAILURES as failure:
            if not self._failing:
                log.error("the log cannot be written: %s", reason(failure))
            self._failing = True
            return False
        except Exception:
            # A fault of our own, which these rows would meet again.
            log.exception("%d rows of the log are given up", len(batch))
        for record in batch:
            self._waiting.popleft()
            self._contents -= isinstance(record, Content)
        self._told_of_loss()
        return True

    def _told_of_loss(self) -> None:
        if self._failing:
            log.info("the log can be written again")
        if self._dropped:
            log.error("%d rows of the log are lost: they came faster than they could be written", self._dropped)
        self._failing, self._dropped = False, 0

    async def _sleep(self, seconds: float) -> None:
        """Or until the end."""
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return


@asynccontextmanager
async def open_log(books: Books) -> AsyncIterator[DatabaseLog]:
    """For as long as the block runs, which must end before the books are closed."""
    written = DatabaseLog(books)
    written.start()
    try:
        yield written
    finally:
        await written.close()
