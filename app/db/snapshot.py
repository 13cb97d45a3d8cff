"""Reading the database as it was at one moment, while others go on writing."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from piccolo.engine.sqlite import TransactionType

from app.db.engine import Engine
from app.db.sqlite import Sqlite
from app.db.state import Installation


@asynccontextmanager
async def one_moment(engine: Engine) -> AsyncIterator[None]:
    """Every read in the block sees the database as the first one does. It waits for no writer, and no writer for it."""
    if isinstance(engine, Sqlite):
        # With the write-ahead log, a transaction that only reads keeps what its first read saw.
        async with engine.transaction(TransactionType.deferred):
            yield
    else:
        async with engine.transaction():
            await Installation.raw("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
