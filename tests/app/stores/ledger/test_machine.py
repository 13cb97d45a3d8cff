"""Any operations in any order: each engine answers as the plain model does, keeps the same accounts, and its audit is clean.

`SOAK=1` makes it thirty times as long, and other each time.
"""

import asyncio
import os
import time
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.db.charges import Charge as ChargeTable
from app.db.engine import Engine
from app.db.ledger import LedgerEntry, user_account
from app.db.log import LogEntry, UsageHour
from app.db.opening import opened
from app.db.tokens import Token
from app.db.users import User
from app.secrets import Secrets
from app.stores.ledger.audit import audit
from app.stores.ledger.books import Books
from app.stores.ledger.credit import Refused, credit
from app.stores.ledger.opened import books_of
from app.stores.ledger.operations import LOST, Hold, Operation, Release, Settle
from pipeline.billing.charge import Settlement
from pipeline.record import Record
from pipeline.usage import Usage
from tests.app.stores.ledger.conftest import Payer, a_payer
from tests.app.stores.ledger.model import Model, Purse

SOAK = bool(os.environ.get("SOAK"))
LEASE = "w1"

PAYERS = st.integers(0, 2)
CHARGES = st.integers(0, 5)
AMOUNTS = st.integers(0, 60)
Told = tuple[str, int, int, int]
"""What to do, for whom, with which charge, and how much."""

WORDS = st.sampled_from(["hold", "hold", "settle", "void", "lost", "release"])
BATCHES = st.lists(st.tuples(WORDS, PAYERS, CHARGES, AMOUNTS), min_size=1, max_size=5)


class World:
    """One database for all examples: each has payers of its own."""

    def __init__(self, run: asyncio.Runner, engine: Engine, books: Books) -> None:
        self.run = run
        self.engine = engine
        self.books = books


class Ledger(RuleBasedStateMachine):
    world: World

    def __init__(self) -> None:
        super().__init__()
        self.payers: list[Payer] = []
        self.model = Model([])
        self.last: Sequence[Told] = ()

    @initialize(balances=st.tuples(AMOUNTS, AMOUNTS, AMOUNTS), quota=st.none() | AMOUNTS)
    def open_accounts(self, balances: tuple[int, int, int], quota: int | None) -> None:
        self.do(self.world.books.seen(LEASE))
        quotas = (None, quota, None)
        for balance, each in zip(balances, quotas, strict=True):
            self.payers.append(self.do(a_payer(balance, each, name=uuid.uuid4().hex)))
            self.model.purses.append(Purse(balance, each))

    @rule(batch=BATCHES)
    def post(self, batch: Sequence[Told]) -> None:
        self.last = batch
        operations = [self.operation(told) for told in batch]
        expected = [self.model.do(self.payer_of(told), operation) for told, operation in zip(batch, operations, strict=True)]
        assert self.do(self.world.books.post(operations, LEASE)) == expected

    @rule()
    def post_the_same_again(self) -> None:
        self.post(self.last)

    @rule(payer=PAYERS, amount=AMOUNTS.map(lambda amount: amount + 1), sign=st.sampled_from([1, -1]))
    def credit(self, payer: int, amount: int, sign: int) -> None:
        try:
            self.do(credit(self.world.engine, self.payers[payer].user, "somebody", sign * amount, key=None, note=""))
        except Refused:
            assert not self.model.credit(payer, sign * amount)
        else:
            assert self.model.credit(payer, sign * amount)

    @invariant()
    def the_accounts_are_the_model_s(self) -> None:
        if self.payers:
            assert self.do(self.kept()) == self.expected()

    @invariant()
    def the_audit_is_clean(self) -> None:
        assert [line for finding in self.do(audit(self.world.engine)) for line in finding.breaks] == []

    def operation(self, told: Told) -> Operation:
        word, _, number, amount = told
        payer = self.payers[self.payer_of(told)]
        charge = payer.charge(f"{self.payers[0].user}:{number}")
        match word:
            case "hold":
                return Hold(charge, amount)
            case "settle":
                record = Record("consume", time.time(), "", user=str(payer.user), amount_nano=amount)
                return Settle(Settlement(charge, amount, "completed", Usage(1, 1), record=record))
            case "void":
                return Settle(Settlement(charge, 0, "upstream_failed"))
        return Release(charge, LOST if word == "lost" else "hold_unknown")

    @staticmethod
    def payer_of(told: Told) -> int:
        """A charge is one payer's for ever."""
        return told[2] % 3

    async def kept(self) -> dict[str, Any]:
        """What the database says of these payers."""
        ids = [payer.user for payer in self.payers]
        users = {row["id"]: row for row in await User.select().where(User.id.is_in(ids))}
        tokens = {row["user"]: row for row in await Token.select().where(Token.user.is_in(ids))}
        accounts = LedgerEntry.debit_account.is_in([user_account(id_) for id_ in ids])
        entries = await LedgerEntry.select(LedgerEntry.key, LedgerEntry.amount_nano).where(
            accounts & (LedgerEntry.kind == "consumption")
        )
        names = [str(id_) for id_ in ids]
        hours = await UsageHour.select().where(UsageHour.user.is_in(names))
        charges = await ChargeTable.select().where(ChargeTable.user.is_in(ids))
        return {
            "balances": [(users[id_]["balance_nano"], users[id_]["held_nano"], users[id_]["requests"]) for id_ in ids],
            "quotas": [(tokens[id_]["used_nano"], tokens[id_]["held_nano"]) for id_ in ids],
            "charges": {row["id"]: (row["state"], row["reason"]) for row in charges},
            "transfers": {row["key"].removeprefix("charge:"): row["amount_nano"] for row in entries},
            "log": sorted([row["charge"] for row in await LogEntry.select(LogEntry.charge).where(LogEntry.user.is_in(names))]),
            "hours": (sum(row["requests"] for row in hours), sum(row["amount_nano"] for row in hours)),
        }

    def expected(self) -> dict[str, Any]:
        purses, charges = self.model.purses, self.model.charges
        settled = {id_: charge.cost for id_, charge in charges.items() if charge.state == "settled"}
        held = [self.model.held(index) for index in range(len(purses))]
        return {
            "balances": [(purse.balance, held[index], purse.calls) for index, purse in enumerate(purses)],
            "quotas": [(purse.used, held[index]) for index, purse in enumerate(purses)],
            "charges": {id_: (charge.state, charge.reason) for id_, charge in charges.items()},
            "transfers": {id_: cost for id_, cost in settled.items() if cost},
            "log": sorted(settled),
            "hours": (len(settled), sum(settled.values())),
        }

    def do(self, work: Any) -> Any:
        return self.world.run.run(work)


def test_any_operations_in_any_order(database_url: str, tmp_path: Path, secrets: Secrets) -> None:
    size = {"max_examples": 60, "stateful_step_count": 40} if SOAK else {"max_examples": 6, "stateful_step_count": 12}
    chosen = settings(
        **size, deadline=None, derandomize=not SOAK, database=None, suppress_health_check=list(HealthCheck), print_blob=True
    )
    with asyncio.Runner() as run:
        database = opened(database_url, tmp_path, secrets, pool=True)
        engine = run.run(database.__aenter__())
        books = books_of(engine, database_url)
        machine = type("TheLedger", (Ledger,), {"world": World(run, engine, books)})
        try:
            run_state_machine_as_test(machine, settings=chosen)
        finally:
            run.run(books.close())
            run.run(database.__aexit__(None, None, None))
