"""The ledger's answers in words for callers."""

from app.stores.ledger.operations import Answer
from app.stores.lost import DATABASE
from pipeline.errors import Forbidden, GatewayError, OutOfCredit, Unavailable


def refusal(answer: Answer) -> GatewayError | None:
    """None if the hold is granted."""
    match answer:
        case Answer.NO_BALANCE:
            return OutOfCredit("Your balance does not cover this request.")
        case Answer.NO_QUOTA:
            return OutOfCredit("What is left of this API key's quota does not cover this request.")
        case Answer.NO_ACCOUNT:
            return Forbidden("This API key has no account.", code="no_account")
        case Answer.RESOLVED:
            return Unavailable("This request took too long and has been given up.", code="charge_resolved")
    return None


def unavailable() -> Unavailable:
    return Unavailable("The ledger cannot be written at the moment.", code="ledger_unavailable", retry_after=DATABASE.looks_every)
