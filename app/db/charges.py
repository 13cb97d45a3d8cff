"""Charges: money that is held for a call, and what became of it."""

from piccolo.columns import UUID, BigInt, Text, Timestamptz, Varchar
from piccolo.table import Table

HELD, SETTLED, VOID = "held", "settled", "void"


class Charge(Table, tablename="charges"):
    """`held` until it is settled or void, once. `reason` says why it ended as it did. `lease` is the worker that holds it."""

    id = Varchar(length=80, primary_key=True, help_text="the request's id and the charge's number in it")
    user = UUID(index=True)
    token = UUID()
    state = Varchar(length=10, default=HELD, index=True)
    held_nano = BigInt(help_text="nano-dollars")
    amount_nano = BigInt(null=True, default=None, help_text="nano-dollars; null: not settled")
    cost_nano = BigInt(null=True, default=None, help_text="the vendor's price, nano-dollars; null: not known")
    reason = Text(default="")
    lease = Varchar(length=40, index=True)
    created_at = Timestamptz()
    resolved_at = Timestamptz(null=True, default=None)


class Lease(Table, tablename="leases"):
    """A worker that holds charges. One that was not seen for a while is dead."""

    id = Varchar(length=40, primary_key=True)
    seen_at = BigInt(help_text="Unix seconds by the database's clock")
