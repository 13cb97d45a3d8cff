"""Books of each engine, over a migrated database with one payer."""

import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from app.db.charges import Charge as ChargeTable
from app.db.engine import Engine
from app.db.ledger import LedgerEntry, grant
from app.db.tokens import Token
from app.db.users import User
from app.stores.ledger.books import Books
from app.stores.ledger.opened import books_of
from pipeline.billing.charge import Charge


@dataclass
class Payer:
    """A user and its token, and what the database says of them now."""

    user: uuid.UUID
    token: uuid.UUID

    def charge(self, id_: str) -> Charge:
        return Charge(id_, str(self.user), str(self.token))

    async def balance(self) -> tuple[int, int]:
        """The user's balance, and what is held of it."""
        row = await User.select(User.balance_nano, User.held_nano).where(User.id == self.user).first()
        assert row is not None
        return row["balance_nano"], row["held_nano"]

    async def used(self) -> tuple[int, int]:
        """What the token has used, and what is held."""
        row = await Token.select(Token.used_nano, Token.held_nano).where(Token.id == self.token).first()
        assert row is not None
        return row["used_nano"], row["held_nano"]

    async def state(self, id_: str) -> tuple[str, str] | None:
        row = await ChargeTable.select(ChargeTable.state, ChargeTable.reason).where(ChargeTable.id == id_).first()
        return (row["state"], row["reason"]) if row else None

    async def transfers(self) -> list[int]:
        rows = await LedgerEntry.select(LedgerEntry.amount_nano).where(LedgerEntry.kind == "consumption")
        return sorted(row["amount_nano"] for row in rows)


async def a_payer(balance: int, quota: int | None = None, name: str = "ann") -> Payer:
    payer = Payer(uuid.uuid4(), uuid.uuid4())
    await User.insert(User(id=payer.user, username=name))
    await Token.insert(Token(id=payer.token, name=name, user=payer.user, key_hash=name, quota_nano=quota))
    if balance:
        await grant(payer.user, balance, key=f"test:{name}", kind="opening", note="")
    return payer


@pytest.fixture
async def books(database: Engine, database_url: str) -> AsyncIterator[Books]:
    made = books_of(database, database_url)
    yield made
    await made.close()
