"""A balance and its ledger row belong together, and nothing is booked twice."""

import pytest

from app.db.engine import Engine
from app.db.errors import FAILURES
from app.db.ledger import GRANTS, LedgerEntry, grant, user_account
from app.db.users import User
from tests.app.rows import add_user


async def test_a_grant_is_a_transfer(database: Engine) -> None:
    user = await add_user()
    for number, amount in enumerate((2**62, 1)):
        async with database.transaction():
            await grant(user, amount, key=f"gift {number}", kind="gift", note="")
    entries = await LedgerEntry.select().order_by(LedgerEntry.key)
    assert [(entry["debit_account"], entry["credit_account"]) for entry in entries] == [(GRANTS, user_account(user))] * 2
    (row,) = await User.select(User.balance_nano)
    assert row["balance_nano"] == sum(entry["amount_nano"] for entry in entries) == 2**62 + 1


async def test_a_key_is_booked_once(database: Engine) -> None:
    user = await add_user()
    await grant(user, 5, key="gift", kind="gift", note="")
    with pytest.raises(FAILURES):
        async with database.transaction():
            await grant(user, 5, key="gift", kind="gift", note="")
    (row,) = await User.select(User.balance_nano)
    assert row["balance_nano"] == 5


@pytest.mark.parametrize("amount", [0, -1])
async def test_only_something_can_be_moved(database: Engine, amount: int) -> None:
    with pytest.raises(ValueError, match="moves more than nothing"):
        await grant(await add_user(), amount, key="gift", kind="gift", note="")
