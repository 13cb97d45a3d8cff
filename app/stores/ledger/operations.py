"""What is asked of the ledger, and what it answers."""

from dataclasses import dataclass
from enum import Enum

from pipeline.billing.charge import Charge, Settlement

LOST = "worker_lost"
"""The reason of a charge whose worker died: its hold is released, a settlement that comes yet is still posted."""


@dataclass(frozen=True, slots=True)
class Hold:
    """Make the charge hold `amount` in all, in nano-dollars: a new charge, or more for one that is held."""

    charge: Charge
    amount: int


@dataclass(frozen=True, slots=True)
class Settle:
    """Post how a charge ended. With an amount of zero the charge is void."""

    settlement: Settlement

    @property
    def charge(self) -> Charge:
        return self.settlement.charge


@dataclass(frozen=True, slots=True)
class Release:
    """Void a charge that nobody will settle, if it is held at all."""

    charge: Charge
    reason: str


Operation = Hold | Settle | Release


class Answer(Enum):
    """POSTED: done. DONE_BEFORE: nothing to do. The others say why a hold was refused."""

    POSTED = "posted"
    DONE_BEFORE = "done_before"
    NO_BALANCE = "no_balance"
    NO_QUOTA = "no_quota"
    NO_ACCOUNT = "no_account"
    RESOLVED = "resolved"
