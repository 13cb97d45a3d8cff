"""The ledger as the stages see it: requests wait, one task posts, many operations to a transaction.

A settlement is never given up: while the database is away it waits in memory and, against the worst, in the spool.
"""

import asyncio
import logging
from collections.abc import Sequence

from app.db.errors import FAILURES, reason
from app.stores.ledger.books import Books
from app.stores.ledger.operations import Answer, Hold, Operation, Release, Settle
from app.stores.ledger.refusals import refusal, unavailable
from app.stores.ledger.spool import Spool
from app.stores.lost import DATABASE
from pipeline.billing.charge import Charge, Settlement
from pipeline.tasks import spawn

log = logging.getLogger("aihub.ledger")

LARGEST_BATCH = 256
FIRST_PAUSE = 0.1
UNKNOWN = "hold_unknown"
"""The reason of a charge whose hold may or may not have been written: nobody was let in on it."""

Waiter = tuple[Hold, "asyncio.Future[Answer]"]


class GroupedLedger:
    """Implements `pipeline.ports.Ledger`. `lease` names this worker in every charge it holds."""

    def __init__(self, books: Books, lease: str, spool: Spool) -> None:
        self._books = books
        self._lease = lease
        self._spool = spool
        self._holds: list[Waiter] = []
        self._resolutions: list[Settle | Release] = []
        self._spooled: set[str] = set()
        self._work = asyncio.Event()
        self._closing = False
        self._pause = FIRST_PAUSE
        self._failing = False
        self._worker: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._worker = spawn(self._post_all(), "ledger", service=True)

    async def close(self) -> None:
        """Post what waits. What cannot be posted now is in the spool, for the next worker that starts."""
        self._closing = True
        self._work.set()
        if self._worker is not None:
            await asyncio.shield(self._worker)

    async def hold(self, charge: Charge, amount: int) -> None:
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._holds.append((Hold(charge, amount), future))
        self._work.set()
        try:
            async with asyncio.timeout(DATABASE.answers_within):
                answer = await future
        except TimeoutError:
            raise unavailable() from None
        if (refused := refusal(answer)) is not None:
            raise refused

    def settle(self, settlement: Settlement) -> None:
        self._resolutions.append(Settle(settlement))
        self._work.set()

    def release(self, charge: Charge, why: str) -> None:
        """Void a charge that nobody will settle."""
        self._resolutions.append(Release(charge, why))
        self._work.set()

    async def _post_all(self) -> None:
        while not (self._closing and not self._waiting):
            await self._work.wait()
            self._work.clear()
            if not await self._post():
                if self._closing:
                    return
                await asyncio.sleep(self._pause)
                self._pause = min(2 * self._pause, DATABASE.looks_every)
            if self._waiting:
                self._work.set()

    @property
    def _waiting(self) -> bool:
        return bool(self._holds or self._resolutions)

    async def _post(self) -> bool:
        """One batch: settlements first, for they free what the holds ask for. Whether the database took it."""
        resolutions = self._resolutions[:LARGEST_BATCH]
        holds = [(hold, future) for hold, future in self._holds[:LARGEST_BATCH] if not future.done()]
        del self._holds[:LARGEST_BATCH]
        operations: Sequence[Operation] = [*resolutions, *(hold for hold, _ in holds)]
        if not operations:
            return True
        try:
            answers = await self._books.post(operations, self._lease)
        except FAILURES as failure:
            await self._failed(reason(failure), holds)
            return False
        except Exception:
            # A fault of our own must not end the task that everybody waits for.
            log.exception("the ledger failed")
            await self._failed("a fault of the gateway's own", holds)
            return False
        del self._resolutions[: len(resolutions)]
        for (hold, future), answer in zip(holds, answers[len(resolutions) :], strict=True):
            if not future.done():
                future.set_result(answer)
            elif answer is Answer.POSTED:
                self.release(hold.charge, UNKNOWN)
        self._recovered()
        return True

    async def _failed(self, why: str, holds: Sequence[Waiter]) -> None:
        if not self._failing:
            log.error("the ledger cannot be written: %s", why)
        self._failing = True
        for hold, future in holds:
            if not future.done():
                future.set_exception(unavailable())
            # It may have been written, and only the answer been lost.
            self.release(hold.charge, UNKNOWN)
        await self._save()

    async def _save(self) -> None:
        settlements = [each.settlement for each in self._resolutions if isinstance(each, Settle)]
        new = [settlement for settlement in settlements if settlement.charge.id not in self._spooled]
        if not new:
            return
        try:
            await asyncio.to_thread(self._spool.write, new)
        except OSError as failure:
            log.error("%d settlements wait in memory only, the spool cannot be written: %s", len(new), reason(failure))
        else:
            self._spooled |= {settlement.charge.id for settlement in new}

    def _recovered(self) -> None:
        self._pause = FIRST_PAUSE
        if self._failing and not any(isinstance(each, Settle) for each in self._resolutions):
            log.info("the ledger can be written again: every settlement that waited is posted")
            self._failing = False
            self._spool.clear()
            self._spooled.clear()
