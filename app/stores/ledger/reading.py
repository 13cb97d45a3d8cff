"""The ledger's rows, to be shown."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from app.db.ledger import LedgerEntry, user_account
from app.db.users import User
from app.state.values import nano_to_usd
from app.stores.page import Page

USER = "user:"


async def transfers(user: uuid.UUID | None, limit: int, after: uuid.UUID | None) -> Page:
    """The newest first; those of one user, or all."""
    if user is None:
        rows = await _rows({}, limit + 1, after)
    else:
        # Each side has its own index; an OR of both would have none.
        account = user_account(user)
        sides = [await _rows({side: account}, limit + 1, after) for side in ("debit_account", "credit_account")]
        rows = sorted((row for side in sides for row in side), key=lambda row: row["id"], reverse=True)
    page = Page.of(rows, limit)
    names = await _usernames(page.rows)
    return Page([_words(row, names) for row in page.rows], page.after)


async def _rows(equal: Mapping[str, str], limit: int, after: uuid.UUID | None) -> list[dict[str, Any]]:
    query = LedgerEntry.select().order_by(LedgerEntry.id, ascending=False).limit(limit)
    for column, value in equal.items():
        query = query.where(getattr(LedgerEntry, column) == value)
    if after is not None:
        query = query.where(LedgerEntry.id < after)
    rows: list[dict[str, Any]] = await query
    return rows


async def _usernames(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    accounts = {row[side] for row in rows for side in ("debit_account", "credit_account")}
    ids = [uuid.UUID(account.removeprefix(USER)) for account in accounts if account.startswith(USER)]
    users = await User.select(User.id, User.username).where(User.id.is_in(ids)) if ids else []
    return {user_account(row["id"]): row["username"] for row in users}


def _words(row: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": str(row["id"]),
        "created_at": row["created_at"].isoformat(timespec="seconds"),
        "kind": row["kind"],
        "from": names.get(row["debit_account"], row["debit_account"]),
        "to": names.get(row["credit_account"], row["credit_account"]),
        "amount_usd": nano_to_usd(row["amount_nano"]),
        "key": row["key"],
        "note": row["note"],
    }
