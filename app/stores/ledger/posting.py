"""What operations do to the accounts they concern. Pure: rows in, answers and rows to write out; the one place that decides.

`books.py` reads the rows with their locks, and writes them back in the same transaction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from app.db.charges import HELD, SETTLED, VOID
from app.stores.ledger.operations import LOST, Answer, Hold, Operation, Release, Settle
from pipeline.billing.charge import Charge, Settlement
from pipeline.usage import Usage


@dataclass(slots=True)
class Payer:
    """A user or a token, in nano-dollars. `funds` is a user's balance, a token's quota, or None without a bound."""

    funds: int | None
    used: int
    held: int

    def free(self, *, spends_funds: bool) -> int | None:
        """What may yet be held. A settled call lowers a user's balance, and counts against a token's quota."""
        if self.funds is None:
            return None
        return self.funds - self.held - (0 if spends_funds else self.used)


@dataclass(slots=True)
class ChargeRow:
    """A charge as it is in the database, or will be. `new` ones are to be inserted."""

    charge: Charge
    state: str
    held: int
    amount: int | None = None
    cost: int | None = None
    reason: str = ""
    new: bool = False


@dataclass(slots=True)
class Counters:
    """What is added to the counts of a user, a token, a channel or a key."""

    requests: int = 0
    input: int = 0
    output: int = 0
    used: int = 0
    cost: int = 0

    def add(self, usage: Usage | None, amount: int, cost: int | None) -> None:
        self.requests += 1
        self.input += usage.input if usage else 0
        self.output += usage.output if usage else 0
        self.used += amount
        self.cost += cost or 0


@dataclass(slots=True)
class Posting:
    """The rows that a batch of operations concerns, and what the batch made of them.

    Changed are: every payer (as differences, in `held`, `spent` and the counters), the charges in `touched`, `transfers` (charge,
    user, amount) and `served` (counters of channels and keys by their id). `settled` are the settlements posted now.
    """

    users: Mapping[str, Payer]
    tokens: Mapping[str, Payer]
    charges: dict[str, ChargeRow]
    touched: dict[str, ChargeRow] = field(default_factory=dict)
    held: dict[tuple[str, str], int] = field(default_factory=dict)
    paid: dict[tuple[str, str], Counters] = field(default_factory=dict)
    served: dict[tuple[str, str], Counters] = field(default_factory=dict)
    transfers: list[tuple[str, str, int]] = field(default_factory=list)
    settled: list[Settlement] = field(default_factory=list)

    def post(self, operations: Iterable[Operation]) -> list[Answer]:
        return [self._one(operation) for operation in operations]

    def _one(self, operation: Operation) -> Answer:
        match operation:
            case Hold():
                return self._hold(operation)
            case Settle():
                return self._settle(operation.settlement)
            case Release():
                return self._release(operation)

    def _hold(self, hold: Hold) -> Answer:
        charge, row = hold.charge, self.charges.get(hold.charge.id)
        if row is not None and row.state != HELD:
            return Answer.RESOLVED
        more = hold.amount - (row.held if row is not None else 0)
        if row is not None and more <= 0:
            return Answer.DONE_BEFORE
        user, token = self.users.get(charge.user_id), self.tokens.get(charge.token_id)
        if user is None or token is None:
            return Answer.NO_ACCOUNT
        if _short(user.free(spends_funds=True), more):
            return Answer.NO_BALANCE
        if _short(token.free(spends_funds=False), more):
            return Answer.NO_QUOTA
        if row is None:
            row = self.charges[charge.id] = ChargeRow(charge, HELD, 0, new=True)
        row.held += more
        self._hold_more(charge, more)
        self.touched[charge.id] = row
        return Answer.POSTED

    def _settle(self, settlement: Settlement) -> Answer:
        """A charge that was lost with its worker, or that nobody knows, is posted all the same: the vendor has served it."""
        charge = settlement.charge
        row = self.charges.get(charge.id)
        if row is None and settlement.void:
            return Answer.DONE_BEFORE
        if row is None:
            row = self.charges[charge.id] = ChargeRow(charge, VOID, 0, reason=LOST, new=True)
        if row.state == SETTLED or (row.state == VOID and row.reason != LOST):
            return Answer.DONE_BEFORE
        if row.state == HELD:
            self._hold_more(charge, -row.held)
        row.state = VOID if settlement.void else SETTLED
        row.amount, row.cost, row.reason = settlement.amount, settlement.cost, settlement.reason
        self.touched[charge.id] = row
        self.settled.append(settlement)
        if settlement.amount:
            self.transfers.append((charge.id, charge.user_id, settlement.amount))
        if not settlement.void:
            self._pay(settlement)
        return Answer.POSTED

    def _release(self, release: Release) -> Answer:
        row = self.charges.get(release.charge.id)
        if row is None or row.state != HELD:
            return Answer.DONE_BEFORE
        self._hold_more(row.charge, -row.held)
        row.state, row.reason = VOID, release.reason
        self.touched[row.charge.id] = row
        return Answer.POSTED

    def _hold_more(self, charge: Charge, amount: int) -> None:
        for kind, id_, payers in (("user", charge.user_id, self.users), ("token", charge.token_id, self.tokens)):
            if id_ in payers:
                payers[id_].held += amount
            self.held[kind, id_] = self.held.get((kind, id_), 0) + amount

    def _pay(self, settlement: Settlement) -> None:
        charge, amount = settlement.charge, settlement.amount
        for kind, id_, payers in (("user", charge.user_id, self.users), ("token", charge.token_id, self.tokens)):
            self.paid.setdefault((kind, id_), Counters()).add(settlement.usage, amount, settlement.cost)
            if id_ in payers:
                payers[id_].used += amount
        if (user := self.users.get(charge.user_id)) is not None and user.funds is not None:
            user.funds -= amount
        for kind, id_ in zip(("channel", "key"), settlement.served_by or (), strict=False):
            self.served.setdefault((kind, id_), Counters()).add(settlement.usage, amount, settlement.cost)


def _short(free: int | None, amount: int) -> bool:
    """Holding nothing needs nothing: what is free of charge works on an empty account, and on one in debt."""
    return free is not None and amount > 0 and amount > free
