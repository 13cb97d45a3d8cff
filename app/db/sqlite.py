"""Piccolo's SQLite engine, with connections that are durable and a transaction that always gives its connection back."""

import asyncio
import fcntl
import os
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from piccolo.engine.sqlite import SQLiteEngine, SQLiteTransaction, TransactionType

BUSY_SECONDS = 5.0
LOCK_SECONDS = 60.0


class Connection(sqlite3.Connection):
    """Every connection gets these: the driver keeps none of them in the file."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute("PRAGMA synchronous = FULL")
        self.execute("PRAGMA foreign_keys = ON")


class Transaction(SQLiteTransaction):
    """Piccolo forgets the connection when BEGIN, COMMIT or ROLLBACK fails, and a forgotten one may hold the write lock."""

    async def begin(self) -> None:
        try:
            await super().begin()  # type: ignore[no-untyped-call]
        except BaseException:
            await self.connection.close()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if self._parent:
            return error is None
        try:
            return await super().__aexit__(kind, error, traceback)
        except BaseException:
            await self.connection.close()
            self.engine.current_transaction.reset(self.context)
            raise


class Sqlite(SQLiteEngine):
    """Transactions take the write lock at once: a transaction that reads first and then writes could not get it later."""

    def __init__(self, path: Path) -> None:
        super().__init__(path=str(path), timeout=BUSY_SECONDS, factory=Connection)

    def transaction(
        self, transaction_type: TransactionType = TransactionType.immediate, allow_nested: bool = True
    ) -> Transaction:
        return Transaction(self, transaction_type=transaction_type, allow_nested=allow_nested)

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """No other process is in here: a lock file beside the database. Turns on the write-ahead log.

        BEGIN IMMEDIATE would not do: the switch to the write-ahead log happens outside of transactions and does not wait
        for others. Raises `TimeoutError` after a minute.
        """
        # The database holds everybody's limits and hashes: the other users of this machine need not read it.
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        handle = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            deadline = time.monotonic() + LOCK_SECONDS
            while not _locked(handle):
                if time.monotonic() > deadline:
                    raise TimeoutError(f"{self.path}.lock: another process has been migrating for a minute")
                await asyncio.sleep(0.05)
            connection = await self.get_connection()
            try:
                await connection.execute("PRAGMA journal_mode = WAL")
            finally:
                await connection.close()
            yield
        finally:
            os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
