"""Credit that an operator gives or takes back: the transfer, the balance and the log's row in one transaction."""

import uuid
from dataclasses import dataclass

from app.db.engine import Engine
from app.db.ledger import GRANTS, LedgerEntry, grant, take_back, user_account
from app.db.state import lock
from app.db.users import User
from app.state.values import nano_to_usd
from app.stores.log.keep import keep

PREFIX = "credit:"
"""Begins the key of the ledger's row."""


class Refused(Exception):
    """Says why, for the operator."""


@dataclass(frozen=True, slots=True)
class Credited:
    """What is so now. `before`: the key had been used for the very same, and nothing was booked again."""

    balance_nano: int
    before: bool


async def credit(engine: Engine, user: uuid.UUID, username: str, amount_nano: int, *, key: str | None, note: str) -> Credited:
    """A negative amount takes back, as far as the balance is free of holds. Raises `Refused`."""
    async with engine.transaction():
        await lock()
        full_key = PREFIX + (key or str(uuid.uuid4()))
        before = await LedgerEntry.select().where(LedgerEntry.key == full_key).first()
        if before is not None:
            _refuse_other(before, user, amount_nano, key)
        elif amount_nano > 0:
            await grant(user, amount_nano, key=full_key, kind="topup", note=note)
        elif not await take_back(user, -amount_nano, key=full_key, kind="topup", note=note):
            free = await _free(user)
            raise Refused(f"{username} has {nano_to_usd(free)} USD that can be taken back: calls under way hold the rest")
        if before is None:
            said = f"{'credited' if amount_nano > 0 else 'took back'} {nano_to_usd(abs(amount_nano))} USD"
            await keep(
                "topup", f"{said}: {note}" if note else said, user=username, amount_nano=amount_nano, detail={"key": full_key}
            )
        row = await User.select(User.balance_nano).where(User.id == user).first()
    assert row is not None
    return Credited(row["balance_nano"], before is not None)


def _refuse_other(row: dict[str, object], user: uuid.UUID, amount_nano: int, key: str | None) -> None:
    accounts = (GRANTS, user_account(user))
    debit, credit_ = accounts if amount_nano > 0 else accounts[::-1]
    if (row["debit_account"], row["credit_account"], row["amount_nano"]) != (debit, credit_, abs(amount_nano)):
        raise Refused(f"the key {key!r} was used for another credit: a key stands for one amount to one user")


async def _free(user: uuid.UUID) -> int:
    row = await User.select(User.balance_nano, User.held_nano).where(User.id == user).first()
    return max(row["balance_nano"] - row["held_nano"], 0) if row else 0
