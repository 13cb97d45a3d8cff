"""The ledger in PostgreSQL: one connection of its own, opened again when it has broken."""

import asyncio
from collections.abc import Sequence
from typing import Any

import asyncpg  # type: ignore[import-untyped]

from app.db.postgres import CLOSE_SECONDS, COMMAND_SECONDS, CONNECT_SECONDS
from app.stores.ledger import statements as sql
from app.stores.ledger.books import concerned, now, writes
from app.stores.ledger.operations import Answer, Operation
from app.stores.ledger.posting import ChargeRow, Payer, Posting
from pipeline.billing.charge import Charge

_NOW = "CAST(extract(epoch FROM now()) AS BIGINT)"

USERS = "SELECT id, balance_nano, used_nano, held_nano FROM users WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"
TOKENS = "SELECT id, quota_nano, used_nano, held_nano FROM tokens WHERE id = ANY($1::uuid[]) ORDER BY id FOR UPDATE"
CHARGES = """
SELECT id, "user", token, state, held_nano, reason FROM charges WHERE id = ANY($1::text[]) ORDER BY id FOR UPDATE
"""
AGAIN = ("40001", "40P01")
"""A transaction that lost against another: CockroachDB's serialization failure, a deadlock. It is to be run again."""
TRIES = 5


class PostgresBooks:
    """See `app.stores.ledger.books.Books`. Calls come one after the other."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._open: Any = None
        self._turn = asyncio.Lock()

    async def post(self, operations: Sequence[Operation], lease: str) -> list[Answer]:
        async with self._turn:
            for left in reversed(range(TRIES)):
                try:
                    return await self._post(operations, lease)
                except asyncpg.PostgresError as failure:
                    if failure.sqlstate not in AGAIN or not left:
                        raise
        raise AssertionError("the last try returns or raises")

    async def seen(self, lease: str) -> None:
        await self._fetch(sql.SEEN, lease)

    async def lost(self, seconds: int) -> list[Charge]:
        rows = await self._fetch(sql.LOST_CHARGES, seconds)
        return [Charge(row[0], str(row[1]), str(row[2])) for row in rows]

    async def forget(self, seconds: int) -> None:
        await self._fetch(sql.FORGET, seconds)

    async def close(self) -> None:
        async with self._turn:
            if self._open is not None:
                connection, self._open = self._open, None
                await connection.close(timeout=CLOSE_SECONDS)

    async def _connection(self) -> Any:
        if self._open is None or self._open.is_closed():
            self._open = await asyncpg.connect(self._url, timeout=CONNECT_SECONDS, command_timeout=COMMAND_SECONDS)
        return self._open

    async def _fetch(self, statement: str, *parameters: Any) -> list[Any]:
        async with self._turn:
            connection = await self._connection()
            try:
                rows: list[Any] = await connection.fetch(statement.replace("{now}", _NOW), *parameters)
            except BaseException:
                self._abandon(connection)
                raise
            return rows

    async def _post(self, operations: Sequence[Operation], lease: str) -> list[Answer]:
        connection = await self._connection()
        try:
            async with connection.transaction():
                posting = await _loaded(connection, operations)
                answers = posting.post(operations)
                for statement, rows in writes(posting, lease, now()):
                    await connection.executemany(statement, rows)
        except BaseException as failure:
            if not (isinstance(failure, asyncpg.PostgresError) and failure.sqlstate in AGAIN):
                self._abandon(connection)
            raise
        return answers

    def _abandon(self, connection: Any) -> None:
        """Whatever state it is in, the next call starts with a new connection."""
        self._open = None
        connection.terminate()


async def _loaded(connection: Any, operations: Sequence[Operation]) -> Posting:
    users, tokens, charges = concerned(operations)
    paying = await connection.fetch(USERS, users)
    spending = await connection.fetch(TOKENS, tokens)
    known = await connection.fetch(CHARGES, charges)
    return Posting(
        {str(row[0]): Payer(*row[1:]) for row in map(tuple, paying)},
        {str(row[0]): Payer(*row[1:]) for row in map(tuple, spending)},
        {row[0]: ChargeRow(Charge(row[0], str(row[1]), str(row[2])), row[3], row[4], reason=row[5]) for row in known},
    )
