"""The accounts in a database: rows with their locks, one transaction for each batch."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from app.db.ledger import SALES, user_account
from app.stores.ledger import statements as sql
from app.stores.ledger.operations import Answer, Operation
from app.stores.ledger.posting import Counters, Posting
from pipeline.billing.charge import Charge

Parameters = tuple[Any, ...]
Write = tuple[str, list[Parameters]]
"""A statement, and the parameters of each of its runs."""


class Books(Protocol):
    """One engine's way of doing it. Every method raises what the driver raises, one of `app.db.errors.FAILURES`."""

    async def post(self, operations: Sequence[Operation], lease: str) -> list[Answer]:
        """All of them in one transaction; durable when it returns."""
        ...

    async def seen(self, lease: str) -> None:
        """This worker is alive."""
        ...

    async def lost(self, seconds: int) -> list[Charge]:
        """Charges whose worker was not seen for so long, some hundreds at a time."""
        ...

    async def forget(self, seconds: int) -> None:
        """Leases of workers that are gone and hold nothing."""
        ...

    async def close(self) -> None: ...


def concerned(operations: Iterable[Operation]) -> tuple[list[str], list[str], list[str]]:
    """The ids of users, tokens and charges that a batch reads; sorted, so that no two batches lock each other out."""
    charges = {operation.charge.id: operation for operation in operations}
    users = {operation.charge.user_id for operation in charges.values()}
    tokens = {operation.charge.token_id for operation in charges.values()}
    return sorted(users), sorted(tokens), sorted(charges)


def writes(posting: Posting, lease: str, at: Any) -> list[Write]:
    """What a batch came to. `at` is the moment, as the driver wants it."""
    made: list[Write] = []
    for statement, kind in ((sql.USER, "user"), (sql.TOKEN, "token")):
        ids = sorted({id_ for each, id_ in (*posting.held, *posting.paid) if each == kind})
        rows = [_paid(id_, posting.held.get((kind, id_), 0), posting.paid.get((kind, id_)), at) for id_ in ids]
        made.append((statement, [row for row in rows if any(row[1:])]))
    for statement, kind in ((sql.CHANNEL, "channel"), (sql.KEY, "key")):
        served = sorted((id_, counters) for (each, id_), counters in posting.served.items() if each == kind)
        made.append((statement, [(id_, c.used, c.cost, c.requests, c.input, c.output, at) for id_, c in served]))
    new, old = [], []
    for row in posting.touched.values():
        resolved = None if row.state == "held" else at
        ended = (row.state, row.held, row.amount, row.cost, row.reason)
        if row.new:
            new.append((row.charge.id, row.charge.user_id, row.charge.token_id, lease, *ended, at, resolved))
        else:
            old.append((row.charge.id, *ended, resolved))
    made += [(sql.NEW_CHARGE, new), (sql.CHARGE, old)]
    transfers = [
        (str(uuid.uuid4()), f"charge:{charge}", user_account(uuid.UUID(user)), SALES, amount, at)
        for charge, user, amount in posting.transfers
    ]
    made.append((sql.TRANSFER, transfers))
    return [(statement, rows) for statement, rows in made if rows]


def _paid(id_: str, held: int, counters: Counters | None, at: Any) -> Parameters:
    if counters is None:
        return id_, held, 0, 0, 0, 0, None
    return id_, held, counters.used, counters.requests, counters.input, counters.output, at


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
