"""PostgreSQL's pool survives lost connections."""

import asyncio
from pathlib import Path

import pytest

from app.db.engine import Engine
from app.db.errors import FAILURES
from app.db.opening import opened
from app.db.users import User
from app.secrets import Secrets
from tests.postgres import Cluster


async def lose_the_connection(engine: Engine) -> None:
    async with engine.transaction():
        await User.raw("SELECT pg_terminate_backend(pg_backend_pid())")


async def test_a_full_pool_recovers_from_failures(postgres: Cluster, tmp_path: Path, secrets: Secrets) -> None:
    async with opened(postgres.create_database(), tmp_path, secrets, pool=True) as engine:
        for _ in range(25):
            with pytest.raises(FAILURES):
                await lose_the_connection(engine)
        assert await User.count() == 0


async def test_closing_does_not_wait_for_ever(
    postgres: Cluster, tmp_path: Path, secrets: Secrets, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.db.postgres.CLOSE_SECONDS", 0.1)
    async with opened(postgres.create_database(), tmp_path, secrets, pool=True):
        query = asyncio.ensure_future(User.raw("SELECT pg_sleep(30)").run())
        await asyncio.sleep(0.1)
    with pytest.raises(FAILURES):
        await query
