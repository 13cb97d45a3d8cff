"""A ledger in memory, for rehearsing stages: one balance for everybody, and a record of what was asked."""

from pipeline.billing.charge import Charge, Settlement
from pipeline.errors import OutOfCredit


class MemoryLedger:
    """Implements `pipeline.ports.Ledger`. `balance` is in nano-dollars, None for no bound; `held` and `settled` are by charge."""

    def __init__(self, balance: int | None = None) -> None:
        self.balance = balance
        self.held: dict[str, int] = {}
        self.settled: dict[str, Settlement] = {}

    async def hold(self, charge: Charge, amount: int) -> None:
        others = sum(held for id_, held in self.held.items() if id_ != charge.id)
        if self.balance is not None and amount > self.balance - others:
            raise OutOfCredit("Your balance does not cover this request.")
        self.held[charge.id] = amount

    def settle(self, settlement: Settlement) -> None:
        id_ = settlement.charge.id
        if id_ in self.settled:
            raise AssertionError(f"{id_} was settled twice")
        self.settled[id_] = settlement
        self.held.pop(id_, None)
        if self.balance is not None:
            self.balance -= settlement.amount
