"""The books that the log is written into."""

from tests.app.stores.ledger.conftest import books

__all__ = ["books"]
