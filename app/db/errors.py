"""What can go wrong with the database. Messages are for the operator and hold no password.

DatabaseError
  BadDatabaseUrl      the configuration names no database that we know how to open
  Unreachable         it cannot be opened, or went away
  WrongSecret         it was made with another secret
  NewerDatabase       a newer AiHub has migrated it
  NotMigrated         it is older than this AiHub
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg  # type: ignore[import-untyped]

FAILURES: tuple[type[Exception], ...] = (
    sqlite3.Error,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # What asyncpg says when a connection dies between two messages of one query.
    asyncpg.InternalClientError,
    OSError,
)
"""What the drivers raise when the database cannot do its work. `TimeoutError` is an `OSError`."""


class DatabaseError(Exception):
    pass


class BadDatabaseUrl(DatabaseError):
    pass


class Unreachable(DatabaseError):
    pass


class WrongSecret(DatabaseError):
    pass


class NewerDatabase(DatabaseError):
    pass


class NotMigrated(DatabaseError):
    pass


def reason(failure: Exception) -> str:
    """One line. The lines that PostgreSQL adds after the first may quote a row's values."""
    if isinstance(failure, TimeoutError) and not str(failure):
        return "no answer in time"
    text = (failure.strerror if isinstance(failure, OSError) else None) or str(failure)
    return text.splitlines()[0] if text else type(failure).__name__


@contextmanager
def failures_named(where: str) -> Iterator[None]:
    """Turn a driver's failure into `Unreachable`; `where` is the database's URL without its password."""
    try:
        yield
    except FAILURES as failure:
        raise Unreachable(f"database {where}: {reason(failure)}") from failure
