"""SQLite has one writer, and nothing that fails keeps the write lock."""

import sqlite3
from pathlib import Path

import pytest

from app.db import sqlite as module
from app.db.engine import Engine, bind
from app.db.errors import Unreachable
from app.db.opening import opened
from app.db.sqlite import Sqlite
from app.db.state import bump, revision
from app.db.users import User
from app.secrets import Secrets


async def bump_and_fail(engine: Engine) -> None:
    async with engine.transaction():
        await bump()
        raise RuntimeError


async def test_the_write_lock_is_free_after_every_failure(tmp_path: Path, secrets: Secrets) -> None:
    async with opened("sqlite:///aihub.db", tmp_path, secrets) as engine:
        with pytest.raises(RuntimeError):
            await bump_and_fail(engine)
        blocker = sqlite3.connect(tmp_path / "aihub.db", isolation_level=None)
        blocker.execute("BEGIN IMMEDIATE")
        engine.connection_kwargs["timeout"] = 0.05
        for _ in range(20):
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                await bump_and_fail(engine)
        blocker.execute("COMMIT")
        blocker.close()
        async with engine.transaction():
            await bump()
        assert await revision() == 2


async def test_a_transaction_within_another_is_part_of_it(tmp_path: Path, secrets: Secrets) -> None:
    async with opened("sqlite:///aihub.db", tmp_path, secrets) as engine:
        with pytest.raises(RuntimeError):
            await outer_fails(engine)
        assert await User.count() == 0


async def test_who_waits_too_long_for_the_migration_is_told(
    tmp_path: Path, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOCK_SECONDS", 0.1)
    engine = bind("sqlite:///aihub.db", tmp_path)
    assert isinstance(engine, Sqlite)
    async with engine.alone():
        with pytest.raises(Unreachable, match="another process has been migrating"):
            async with opened("sqlite:///aihub.db", tmp_path, secrets):
                pytest.fail("it opened")


async def outer_fails(engine: Engine) -> None:
    async with engine.transaction():
        async with engine.transaction():
            await User.insert(User(username="alice"))
        raise RuntimeError
