"""The ledger in SQLite: one thread with one connection, for SQLite has one writer."""

import asyncio
import sqlite3
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec

from app.db.sqlite import BUSY_SECONDS, Connection
from app.stores.ledger import statements as sql
from app.stores.ledger.books import concerned, now, writes
from app.stores.ledger.operations import Answer, Operation
from app.stores.ledger.posting import ChargeRow, Payer, Posting
from pipeline.billing.charge import Charge

_NOW = "CAST(strftime('%s', 'now') AS INTEGER)"

USERS = "SELECT id, balance_nano, used_nano, held_nano FROM users WHERE id IN (SELECT value FROM json_each(?1))"
TOKENS = "SELECT id, quota_nano, used_nano, held_nano FROM tokens WHERE id IN (SELECT value FROM json_each(?1))"
CHARGES = """
SELECT id, "user", token, state, held_nano, reason FROM charges WHERE id IN (SELECT value FROM json_each(?1))
"""


class SqliteBooks:
    """See `app.stores.ledger.books.Books`. A call under way is never cut off: it runs in the thread to its end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._thread = ThreadPoolExecutor(1, "ledger")
        self._open: sqlite3.Connection | None = None

    async def post(self, operations: Sequence[Operation], lease: str) -> list[Answer]:
        answers: list[Answer] = await self._run(self._post, operations, lease)
        return answers

    async def seen(self, lease: str) -> None:
        await self._run(self._execute, sql.SEEN, (lease,))

    async def lost(self, seconds: int) -> list[Charge]:
        rows = await self._run(self._execute, sql.LOST_CHARGES, (seconds,))
        return [Charge(*row) for row in rows]

    async def forget(self, seconds: int) -> None:
        await self._run(self._execute, sql.FORGET, (seconds,))

    async def close(self) -> None:
        await self._run(self._close)
        self._thread.shutdown()

    async def _run(self, function: Any, *arguments: Any) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, function, *arguments)

    def _connection(self) -> sqlite3.Connection:
        if self._open is None:
            self._open = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, factory=Connection)
        return self._open

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
            self._open = None

    def _execute(self, statement: str, parameters: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        return self._connection().execute(_numbered(statement), parameters).fetchall()

    def _post(self, operations: Sequence[Operation], lease: str) -> list[Answer]:
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            posting = _loaded(connection, operations)
            answers = posting.post(operations)
            for statement, rows in writes(posting, lease, now().isoformat(" ")):
                connection.executemany(_numbered(statement), rows)
            connection.execute("COMMIT")
        except BaseException:
            self._abandon(connection)
            raise
        return answers

    def _abandon(self, connection: sqlite3.Connection) -> None:
        """Whatever state it is in, the next batch starts with a new connection."""
        self._open = None
        connection.close()


def _loaded(connection: sqlite3.Connection, operations: Sequence[Operation]) -> Posting:
    users, tokens, charges = (msgspec.json.encode(ids).decode() for ids in concerned(operations))
    paying = connection.execute(USERS, (users,))
    spending = connection.execute(TOKENS, (tokens,))
    known = connection.execute(CHARGES, (charges,))
    return Posting(
        {id_: Payer(*rest) for id_, *rest in paying},
        {id_: Payer(*rest) for id_, *rest in spending},
        {row[0]: ChargeRow(Charge(*row[:3]), row[3], row[4], reason=row[5]) for row in known},
    )


def _numbered(statement: str) -> str:
    return statement.replace("$", "?").replace("{now}", _NOW)
