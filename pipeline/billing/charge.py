"""What the ledger is told: a charge is held once, and settled once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.usage import Usage


@dataclass(frozen=True, slots=True)
class Charge:
    """`id` is the flow's id and the charge's number within it. `user_id` and `token_id` pay, each as far as it can."""

    id: str
    user_id: str
    token_id: str


@dataclass(frozen=True, slots=True)
class Settlement:
    """How a charge ended. `amount` is in nano-dollars, `reason` a word of `pipeline.billing.owed`. `cost` is the vendor's own
    price for it, None where nobody knows. `served_by` are the ids of the channel and its key. `record` is the row of the log that
    belongs to it."""

    charge: Charge
    amount: int
    reason: str
    usage: Usage | None = None
    cost: int | None = None
    served_by: tuple[str, str] | None = None
    record: Mapping[str, object] = field(default_factory=dict)

    @property
    def void(self) -> bool:
        """Nothing was consumed: the hold is released, and that is all."""
        return self.amount == 0 and self.usage is None
