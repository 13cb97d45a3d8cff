"""What a gateway's database says about money, read past the gateway's own code."""

import asyncio
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

STATES = "SELECT state, reason, amount_nano, held_nano FROM charges"
TRANSFERS = "SELECT amount_nano FROM ledger WHERE kind = 'consumption'"
USERS = "SELECT balance_nano, held_nano, used_nano FROM users WHERE username = 'payer'"
TOKENS = "SELECT used_nano, held_nano FROM tokens WHERE name = 'payer'"


@dataclass(frozen=True)
class Accounts:
    """The one payer's; `charges` as (state, reason, amount, held)."""

    balance: int
    held: int
    used: int
    token: tuple[int, int]
    charges: list[tuple[str, str, int | None, int]]
    transfers: list[int]

    def check(self, opening: int) -> None:
        """The books balance: nothing lost, nothing counted twice, nothing held for nobody."""
        open_ = sum(held for state, _, _, held in self.charges if state == "held")
        settled = sorted(amount or 0 for state, _, amount, _ in self.charges if state == "settled" and amount)
        assert self.balance == opening - sum(self.transfers)
        assert sorted(self.transfers) == settled
        assert (self.held, self.used) == (open_, sum(settled))
        assert self.token == (sum(settled), open_)

    def ended(self, state: str, reason: str | None = None) -> int:
        return sum(each[0] == state and reason in (None, each[1]) for each in self.charges)


async def accounts(database: str) -> Accounts:
    """`database` is a gateway's URL, or the path of its SQLite file."""
    read = _postgres if "://" in database else _sqlite
    users, tokens, charges, transfers = await read(database, (USERS, TOKENS, STATES, TRANSFERS))
    [(balance, held, used)] = users
    return Accounts(balance, held, used, tokens[0], charges, [amount for (amount,) in transfers])


async def settled_accounts(database: str, seconds: float = 20) -> Accounts:
    """Once nothing is held any more."""
    async with asyncio.timeout(seconds):
        while (found := await accounts(database)).ended("held"):
            await asyncio.sleep(0.05)
    return found


async def _sqlite(path: str, queries: tuple[str, ...]) -> list[Any]:
    with sqlite3.connect(Path(path), timeout=10) as connection:
        connection.execute("BEGIN")
        found = [connection.execute(query).fetchall() for query in queries]
    connection.close()
    return found


async def _postgres(url: str, queries: tuple[str, ...]) -> list[Any]:
    connection = await asyncpg.connect(url)
    try:
        async with connection.transaction(isolation="repeatable_read"):
            return [[tuple(row) for row in await connection.fetch(query)] for query in queries]
    finally:
        await connection.close()
