"""The ledger: transfers between accounts, only ever appended.

A row moves `amount_nano` from `debit_account` to `credit_account`, so the books balance by construction. A user's balance is
what its account was credited less what it was debited.
"""

import uuid

from piccolo.columns import UUID, BigInt, Text, Timestamptz, Varchar
from piccolo.columns.defaults.timestamptz import TimestamptzNow
from piccolo.table import Table

from app.db.users import User

GRANTS = "house:grants"
"""Credit that an operator gave away."""

SALES = "house:sales"
"""What users paid for calls."""


class LedgerEntry(Table, tablename="ledger"):
    id = UUID(primary_key=True)
    key = Varchar(length=255, unique=True, help_text="what is booked; the same thing is never booked twice")
    debit_account = Varchar(length=100, index=True)
    credit_account = Varchar(length=100, index=True)
    amount_nano = BigInt(help_text="nano-dollars, above zero")
    kind = Varchar(length=40)
    created_at = Timestamptz(default=TimestamptzNow())
    note = Text(default="")


def user_account(user: uuid.UUID) -> str:
    return f"user:{user}"


async def grant(user: uuid.UUID, amount_nano: int, *, key: str, kind: str, note: str) -> None:
    """Credit a user. To be called in a transaction: the row and the balance belong together."""
    if amount_nano <= 0:
        raise ValueError("a transfer moves more than nothing; to take something back, turn the accounts round")
    await LedgerEntry.insert(
        LedgerEntry(
            key=key,
            debit_account=GRANTS,
            credit_account=user_account(user),
            amount_nano=amount_nano,
            kind=kind,
            note=note,
        )
    )
    await User.update({User.balance_nano: User.balance_nano + amount_nano}).where(User.id == user)
