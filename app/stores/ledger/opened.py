"""The ledger of a running gateway: its books by the kind of database, its worker, its keeper."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.db.engine import Engine
from app.db.sqlite import Sqlite
from app.stores.ledger.books import Books
from app.stores.ledger.grouped import GroupedLedger
from app.stores.ledger.keeper import Keeper
from app.stores.ledger.postgres import PostgresBooks
from app.stores.ledger.spool import Spool
from app.stores.ledger.sqlite import SqliteBooks

SPOOL = "aihub.spool"
"""The folder beside the configuration."""


def books_of(engine: Engine, url: str) -> Books:
    return SqliteBooks(Path(engine.path)) if isinstance(engine, Sqlite) else PostgresBooks(url)


@asynccontextmanager
async def open_ledger(books: Books, base_dir: Path) -> AsyncIterator[GroupedLedger]:
    """For as long as the block runs. Raises what the driver raises."""
    lease = uuid.uuid4().hex
    spool = Spool(base_dir / SPOOL, lease)
    ledger = GroupedLedger(books, lease, spool)
    keeper = Keeper(books, lease, spool)
    await keeper.start()
    ledger.start()
    try:
        yield ledger
    finally:
        await keeper.stop()
        await ledger.close()
        await books.close()
