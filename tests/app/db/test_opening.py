"""A database opens with the secret it was made with, and says why when it does not open."""

from pathlib import Path

import pytest

from app.db.errors import BadDatabaseUrl, DatabaseError, Unreachable, WrongSecret
from app.db.migrate import pending as pending_migrations
from app.db.opening import opened
from app.db.postgres import Postgres
from app.db.state import bump, key_check, revision
from app.db.users import User
from app.secrets import Secrets, ephemeral


async def test_a_new_database_is_migrated_and_keeps_its_secret(database_url: str, tmp_path: Path, secrets: Secrets) -> None:
    for _ in range(2):
        async with opened(database_url, tmp_path, secrets):
            assert await pending_migrations() == []
            assert await key_check() == secrets.check_value
            assert await revision() == 1


async def test_another_secret_is_refused_at_once(database_url: str, tmp_path: Path, secrets: Secrets) -> None:
    async with opened(database_url, tmp_path, secrets):
        await bump()
    with pytest.raises(WrongSecret, match="another AIHUB_SECRET_KEY"):
        async with opened(database_url, tmp_path, ephemeral()):
            pytest.fail("it opened")
    async with opened(database_url, tmp_path, secrets):
        assert await revision() == 2


async def test_a_server_gets_a_pool_for_as_long_as_it_runs(database_url: str, tmp_path: Path, secrets: Secrets) -> None:
    async with opened(database_url, tmp_path, secrets, pool=True) as engine:
        assert not isinstance(engine, Postgres) or engine.pool is not None
        assert await User.count() == 0
    assert not isinstance(engine, Postgres) or engine.pool is None


@pytest.mark.parametrize(
    ("url", "error", "said"),
    [
        ("postgres://user:s3cret@127.0.0.1:1/name", Unreachable, "postgres://user@127.0.0.1:1/name: "),
        ("sqlite:///no/such/directory.db", Unreachable, "No such file or directory"),
        ("mysql://user:s3cret@host/name", BadDatabaseUrl, "mysql"),
    ],
)
async def test_what_cannot_be_opened_is_named(
    tmp_path: Path, secrets: Secrets, url: str, error: type[DatabaseError], said: str
) -> None:
    with pytest.raises(error, match=said) as caught:
        async with opened(url, tmp_path, secrets):
            pytest.fail("it opened")
    assert "s3cret" not in str(caught.value)


async def test_a_file_that_is_no_database_is_named(tmp_path: Path, secrets: Secrets) -> None:
    (tmp_path / "aihub.db").write_text("this is no database, but long enough to have a header of one" * 20)
    with pytest.raises(Unreachable, match="file is not a database"):
        async with opened("sqlite:///aihub.db", tmp_path, secrets):
            pytest.fail("it opened")


async def test_what_fails_in_the_block_stays_what_it_is(database_url: str, tmp_path: Path, secrets: Secrets) -> None:
    with pytest.raises(PermissionError):
        async with opened(database_url, tmp_path, secrets):
            raise PermissionError("of the server's own")
