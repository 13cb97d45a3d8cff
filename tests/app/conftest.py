"""A database of each engine, for every test that asks for one."""

from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.db.engine import Engine
from app.db.opening import opened
from app.secrets import Secrets
from tests.postgres import MISSING, Cluster, cluster, installed


@pytest.fixture(scope="session")
def postgres() -> Iterator[Cluster]:
    if not installed():
        pytest.skip(MISSING)
    with ExitStack() as stack:
        yield stack.enter_context(cluster())


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, without any table."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/aihub.db"
    made: Cluster = request.getfixturevalue("postgres")
    return made.create_database()


@pytest.fixture
def secrets() -> Secrets:
    return Secrets("a secret of the tests")


@pytest.fixture
async def database(database_url: str, tmp_path: Path, secrets: Secrets) -> AsyncIterator[Engine]:
    """A migrated database behind the tables."""
    async with opened(database_url, tmp_path, secrets) as engine:
        yield engine
