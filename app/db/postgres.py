"""Piccolo's PostgreSQL engine, that connects when asked to and always gives its connection back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType

from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

CONNECT_SECONDS = 5
COMMAND_SECONDS = 30
LOCK_SECONDS = 60
CLOSE_SECONDS = 5
MIGRATION_LOCK = 0x61694875_62
"""Any number, as long as it stays the same: "aiHub"."""


class Transaction(PostgresTransaction):
    """Piccolo forgets the connection when BEGIN, COMMIT or ROLLBACK fails: some outages later its pool would be empty."""

    async def begin(self) -> None:
        try:
            await super().begin()  # type: ignore[no-untyped-call]
        except BaseException:
            await self._give_back()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> bool:
        if self._parent:
            return error is None
        try:
            return await super().__aexit__(kind, error, traceback)
        except BaseException:
            await self._give_back()
            self.engine.current_transaction.reset(self.context)
            raise

    async def _give_back(self) -> None:
        if self.engine.pool:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()


class Postgres(PostgresEngine):
    def __init__(self, url: str) -> None:
        super().__init__(config={"dsn": url, "timeout": CONNECT_SECONDS})

    async def check_version(self) -> None:
        """Nothing: Piccolo would connect from the constructor, and on a failure only print."""

    def transaction(self, allow_nested: bool = True) -> Transaction:
        return Transaction(self, allow_nested=allow_nested)

    async def open_pool(self) -> None:
        """For a process that stays. Migrations come before it: they may take longer than a command should."""
        await self.start_connection_pool(min_size=1, max_size=10, command_timeout=COMMAND_SECONDS)

    async def close_pool(self) -> None:
        """Waits for queries under way, then does without their answers."""
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self.close_connection_pool()
        except TimeoutError:
            if self.pool:
                self.pool.terminate()

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """No other process is in here. Its own connection holds the lock, so nothing can leave it behind."""
        connection = await self.get_new_connection()
        try:
            await connection.execute("SELECT pg_advisory_lock($1)", MIGRATION_LOCK, timeout=LOCK_SECONDS)
            yield
        finally:
            await connection.close()
