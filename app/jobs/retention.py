"""Deletes what the log keeps for long enough: a little at a time, so that nobody waits for it."""

import asyncio
import logging
import time
import uuid
from contextlib import suppress

from piccolo.table import Table

from app.config.settings import Log
from app.db.engine import Engine
from app.db.errors import FAILURES, reason
from app.db.ids import first_at
from app.db.log import LogContent, LogEntry
from app.jobs.lease import take
from app.stores.log.keep import keep
from pipeline.tasks import spawn

log = logging.getLogger("aihub.jobs")

JOB = "retention"
EVERY_SECONDS = 3600.0
LEASE_SECONDS = 300
BATCH = 500
PAUSE = 0.05
"""Seconds between two batches, for everybody else."""

DAY = 86_400


class Retention:
    """On every node, once an hour; the one that gets the lease does it."""

    def __init__(self, engine: Engine, kept: Log) -> None:
        self._engine = engine
        self._days: tuple[tuple[type[Table], str, int | None], ...] = (
            (LogEntry, "log", kept.retention_days),
            (LogContent, "log_content", kept.content_retention_days),
        )
        self._holder = uuid.uuid4().hex
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = spawn(self._run(), "retention", service=True)

    async def stop(self) -> None:
        self._stopping.set()
        if self._task is not None:
            await asyncio.shield(self._task)

    async def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                await self.look_round()
            except FAILURES as failure:
                log.warning("old rows of the log cannot be deleted: %s", reason(failure))
            await self._sleep(EVERY_SECONDS)

    async def look_round(self) -> None:
        """Everything that is too old now. Raises what the driver raises."""
        for table, name, days in self._days:
            if days is None:
                continue
            deleted = await self._delete(table, name, time.time() - days * DAY)
            if deleted:
                await keep("system", f"deleted {deleted} rows of {name} that were older than {days} days")

    async def _delete(self, table: type[Table], name: str, before: float) -> int:
        statement = (
            f"DELETE FROM {name} WHERE id IN (SELECT id FROM {name} WHERE id < {{}} ORDER BY id LIMIT {BATCH}) RETURNING id"  # noqa: S608  # all of it is written here
        )
        deleted = 0
        while not self._stopping.is_set() and await take(self._engine, JOB, self._holder, LEASE_SECONDS):
            rows = await table.raw(statement, first_at(before))
            deleted += len(rows)
            if len(rows) < BATCH:
                break
            await self._sleep(PAUSE)
        return deleted

    async def _sleep(self, seconds: float) -> None:
        """Or until the end."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
