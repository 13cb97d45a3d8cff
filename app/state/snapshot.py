"""What the database says about everything that a state file can mention."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from piccolo.table import Table

from app.db.channels import Channel, ChannelKey
from app.db.groups import Group
from app.db.ledger import LedgerEntry
from app.db.prices import Price, price_label
from app.db.tokens import Token
from app.db.users import User

Row = Mapping[str, Any]
OPENING = "apply:"
"""Begins the key of the ledger row that books a user's `balance_usd`."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Rows by name, prices by `price_label`. An empty one is what an empty database gives."""

    groups: Mapping[str, Row] = field(default_factory=dict)
    users: Mapping[str, Row] = field(default_factory=dict)
    channels: Mapping[str, Row] = field(default_factory=dict)
    keys: Mapping[UUID, list[Row]] = field(default_factory=dict, repr=False)
    tokens: Mapping[str, Row] = field(default_factory=dict, repr=False)
    prices: Mapping[str, Row] = field(default_factory=dict)
    openings: Mapping[str, int] = field(default_factory=dict)
    """Ledger keys of opening credits, with their nano-dollars."""

    def username(self, user: UUID) -> str:
        return next(name for name, row in self.users.items() if row["id"] == user)


async def take_snapshot() -> Snapshot:
    """To be called in the transaction that will write, so that nothing changes in between."""
    keys: dict[UUID, list[Row]] = {}
    for row in await ChannelKey.select().order_by(ChannelKey.position):
        keys.setdefault(row["channel"], []).append(row)
    openings = await LedgerEntry.select(LedgerEntry.key, LedgerEntry.amount_nano).where(LedgerEntry.key.like(f"{OPENING}%"))
    return Snapshot(
        groups=await _by(Group, "name"),
        users=await _by(User, "username"),
        channels=await _by(Channel, "name"),
        keys=keys,
        tokens=await _by(Token, "name"),
        prices={price_label(row["model"], row["vendor"], row["channel"]): row for row in await _rows(Price)},
        openings={row["key"]: row["amount_nano"] for row in openings},
    )


async def _by(table: type[Table], name: str) -> dict[str, Row]:
    return {row[name]: row for row in await _rows(table)}


async def _rows(table: type[Table]) -> Sequence[Row]:
    rows: Sequence[Row] = await table.select().output(load_json=True)
    return rows
