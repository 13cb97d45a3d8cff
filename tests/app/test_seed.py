"""An empty database gets what a first request needs; any other is left alone."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from app.db.channels import Channel
from app.db.engine import Engine
from app.db.groups import Group
from app.db.state import revision
from app.db.tokens import Token
from app.db.users import User
from app.passwords import password_matches
from app.secrets import Secrets
from app.seed import seed
from app.stores.callers import DatabaseCallers
from app.stores.catalogs import read_catalog
from tests.app.rows import add_channel, add_token, add_user

SEED = """
import asyncio, pathlib, sys
from app.db.opening import opened
from app.secrets import Secrets
from app.seed import seed

async def main():
    secrets = Secrets("a secret of the tests")
    async with opened(sys.argv[1], pathlib.Path(), secrets) as engine:
        print(await seed(engine, secrets) is not None)

asyncio.run(main())
"""


async def test_into_an_empty_database(database: Engine, secrets: Secrets) -> None:
    before = await revision()
    seeded = await seed(database, secrets)
    assert seeded is not None
    caller = await DatabaseCallers(secrets).find(seeded.key)
    assert caller is not None
    assert (caller.token_name, caller.username, caller.role) == ("first", "admin", "admin")
    assert (caller.group, caller.quota) == ("default", None)
    catalog = await read_catalog(secrets)
    (channel,) = catalog.in_group("default")
    assert (channel.name, channel.vendor) == ("echo", "echo")
    assert "echo-1" in channel.models
    assert "gpt-5" not in channel.models
    assert "default" in catalog.groups
    assert await revision() == before + 1


async def test_the_password_is_random_and_only_its_hash_is_kept(database: Engine, secrets: Secrets) -> None:
    seeded = await seed(database, secrets)
    assert seeded is not None
    row = await User.select(User.password_hash).first()
    assert row is not None
    assert password_matches(row["password_hash"], seeded.password)
    assert len(seeded.password) == 20
    assert seeded.password not in repr(seeded)
    assert seeded.key not in repr(seeded)
    assert seeded.key not in str(await Token.select())


async def test_once_only(database: Engine, secrets: Secrets) -> None:
    assert await seed(database, secrets) is not None
    assert await seed(database, secrets) is None
    assert await User.count() == await Channel.count() == await Token.count() == await Group.count() == 1


@pytest.mark.parametrize("thing", ["user", "token", "channel"])
async def test_whatever_there_is_prevents_it(database: Engine, secrets: Secrets, thing: str) -> None:
    if thing == "channel":
        await add_channel(secrets, "mine")
    else:
        user = await add_user()
        if thing == "token":
            await add_token(secrets, "k1", user)
    assert await seed(database, secrets) is None


async def test_two_processes_at_once(database_url: str, tmp_path: Path) -> None:
    program = (sys.executable, "-c", SEED, database_url)
    processes = [await asyncio.create_subprocess_exec(*program, stdout=PIPE, stderr=PIPE) for _ in range(3)]
    replies = [await process.communicate() for process in processes]
    assert sorted(replies) == [(b"False\n", b""), (b"False\n", b""), (b"True\n", b"")]
