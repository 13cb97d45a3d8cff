"""Keeps the charges alive: this worker's by its heartbeat, and no dead worker's for longer than a minute."""

import asyncio
import logging
from contextlib import suppress

from app.db.errors import FAILURES, reason
from app.stores.ledger.books import Books
from app.stores.ledger.operations import LOST, Release, Settle
from app.stores.ledger.spool import Spool
from pipeline.tasks import spawn

log = logging.getLogger("aihub.ledger")

BEAT_SECONDS = 10
STALE_SECONDS = 30
FORGOTTEN_SECONDS = 86_400


class Keeper:
    """`start` writes the first heartbeat, before anything can be held."""

    def __init__(self, books: Books, lease: str, spool: Spool, *, beat: float = BEAT_SECONDS, stale: int = STALE_SECONDS) -> None:
        self._books = books
        self._lease = lease
        self._spool = spool
        self._beat = beat
        self._stale = stale
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises what the driver raises."""
        await self._books.seen(self._lease)
        self._task = spawn(self._keep(), "ledger keeper", service=True)

    async def stop(self) -> None:
        self._stopping.set()
        if self._task is not None:
            await asyncio.shield(self._task)

    async def _keep(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._books.seen(self._lease)
                await self.look_round()
            except FAILURES as failure:
                log.warning("the charges of dead workers cannot be looked for: %s", reason(failure))
            with suppress(TimeoutError):
                async with asyncio.timeout(self._beat):
                    await self._stopping.wait()

    async def look_round(self) -> None:
        """Post what dead workers left in their spools, then void what they held."""
        for file, settlements in await asyncio.to_thread(self._spool.left_over, self._stale):
            await self._books.post([Settle(settlement) for settlement in settlements], self._lease)
            file.unlink(missing_ok=True)
            log.warning("%s: %d settlements that a worker had left are posted", file.name, len(settlements))
        while lost := await self._books.lost(self._stale):
            await self._books.post([Release(charge, LOST) for charge in lost], self._lease)
            log.warning("%d charges that dead workers held are void", len(lost))
        await self._books.forget(FORGOTTEN_SECONDS)
