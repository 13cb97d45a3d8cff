"""A driver's failure becomes one line that an operator can read."""

import sqlite3

import asyncpg
import pytest

from app.db.errors import Unreachable, failures_named, reason


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (FileNotFoundError(2, "No such file or directory"), "No such file or directory"),
        (TimeoutError(), "no answer in time"),
        (TimeoutError("waited for a minute"), "waited for a minute"),
        (sqlite3.OperationalError("database is locked"), "database is locked"),
        (asyncpg.PostgresError("duplicate key\nDETAIL: Key (key_hash)=(s3cret)"), "duplicate key"),
        (OSError(), "OSError"),
    ],
)
def test_reasons(failure: Exception, said: str) -> None:
    assert reason(failure) == said


def test_failures_are_named() -> None:
    with pytest.raises(Unreachable, match=r"^database sqlite:///x\.db: disk I/O error$"), failures_named("sqlite:///x.db"):
        raise sqlite3.OperationalError("disk I/O error")


def test_other_errors_pass() -> None:
    with pytest.raises(KeyError), failures_named("sqlite:///x.db"):
        raise KeyError
