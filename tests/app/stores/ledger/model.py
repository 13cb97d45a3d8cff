"""The books as a child would keep them: plain numbers, one operation after the other. Shares no code with the ledger."""

from dataclasses import dataclass, field

from app.stores.ledger.operations import LOST, Answer, Hold, Operation, Release, Settle


@dataclass
class Open:
    """A charge: `held`, `settled` or `void`, and what it held or cost."""

    payer: int
    state: str = "held"
    held: int = 0
    cost: int = 0
    reason: str = ""


@dataclass
class Purse:
    """A user with one token."""

    balance: int
    quota: int | None
    used: int = 0
    calls: int = 0


@dataclass
class Model:
    purses: list[Purse]
    charges: dict[str, Open] = field(default_factory=dict)

    def held(self, payer: int) -> int:
        return sum(charge.held for charge in self.charges.values() if charge.payer == payer and charge.state == "held")

    def credit(self, payer: int, amount: int) -> bool:
        """Whether it is given, or can be taken back."""
        purse = self.purses[payer]
        if amount < 0 and purse.balance - self.held(payer) < -amount:
            return False
        purse.balance += amount
        return True

    def do(self, payer: int, operation: Operation) -> Answer:
        charge = self.charges.get(operation.charge.id)
        if isinstance(operation, Hold):
            return self._hold(payer, operation.charge.id, charge, operation.amount)
        if isinstance(operation, Release):
            if charge is None or charge.state != "held":
                return Answer.DONE_BEFORE
            charge.state, charge.reason = "void", operation.reason
            return Answer.POSTED
        return self._settle(payer, operation, charge)

    def _hold(self, payer: int, id_: str, charge: Open | None, amount: int) -> Answer:
        if charge is not None and charge.state != "held":
            return Answer.RESOLVED
        if charge is not None and amount <= charge.held:
            return Answer.DONE_BEFORE
        purse, more = self.purses[payer], amount - (charge.held if charge else 0)
        if more > 0 and more > purse.balance - self.held(payer):
            return Answer.NO_BALANCE
        if more > 0 and purse.quota is not None and more > purse.quota - purse.used - self.held(payer):
            return Answer.NO_QUOTA
        self.charges.setdefault(id_, Open(payer)).held = amount
        return Answer.POSTED

    def _settle(self, payer: int, settle: Settle, charge: Open | None) -> Answer:
        told = settle.settlement
        nothing = told.usage is None and told.amount == 0
        if charge is None and nothing:
            return Answer.DONE_BEFORE
        if charge is not None and (charge.state == "settled" or (charge.state == "void" and charge.reason != LOST)):
            return Answer.DONE_BEFORE
        charge = self.charges.setdefault(settle.charge.id, Open(payer))
        charge.state, charge.reason, charge.cost = "void" if nothing else "settled", told.reason, told.amount
        if not nothing:
            purse = self.purses[payer]
            purse.balance -= told.amount
            purse.used += told.amount
            purse.calls += 1
        return Answer.POSTED
