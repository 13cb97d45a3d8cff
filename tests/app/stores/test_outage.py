"""The stores with a database that really goes away, and comes back."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.db.opening import opened
from app.secrets import Secrets
from app.stores.callers import DatabaseCallers
from app.stores.catalogs import DatabaseCatalogs
from pipeline.errors import Unavailable
from tests.app.rows import add_channel, add_token, add_user
from tests.postgres import Cluster


@pytest.fixture
def outage(database_url: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[object]:
    """A block without the database: its file is moved away, or PostgreSQL lets nobody in."""

    @contextmanager
    def file_gone() -> Iterator[None]:
        file = tmp_path / "aihub.db"
        file.rename(tmp_path / "elsewhere")
        yield
        (tmp_path / "elsewhere").rename(file)

    @contextmanager
    def nobody_let_in() -> Iterator[None]:
        cluster: Cluster = request.getfixturevalue("postgres")
        name = database_url.partition("@/")[2].partition("?")[0]

        def sql(statement: str) -> None:
            cluster.run("psql", "-qAt", "-d", "postgres", "-c", statement)

        sql(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS false")
        sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        yield
        sql(f"ALTER DATABASE {name} WITH ALLOW_CONNECTIONS true")

    return file_gone if database_url.startswith("sqlite") else nobody_let_in


async def test_who_is_known_is_served_others_come_back_later(
    database_url: str, outage: object, tmp_path: Path, secrets: Secrets
) -> None:
    async with opened(database_url, tmp_path, secrets, pool=True):
        callers = DatabaseCallers(secrets)
        catalogs = DatabaseCatalogs(secrets, [callers.clear], poll_seconds=0.05)
        await add_channel(secrets, "one")
        user = await add_user()
        await add_token(secrets, "known", user)
        await add_token(secrets, "met later", user)
        await catalogs.start()
        assert await callers.find("known") is not None
        with outage():  # type: ignore[operator]
            await asyncio.sleep(0.2)
            assert await callers.find("known") is not None
            with pytest.raises(Unavailable):
                await callers.find("met later")
            assert [channel.name for channel in catalogs.current.channels] == ["one"]
        assert await callers.find("met later") is not None
        await add_channel(secrets, "two")
        async with asyncio.timeout(5):
            while len(catalogs.current.channels) < 2:
                await asyncio.sleep(0.02)
        await catalogs.stop()
