"""One moment of the database, whatever is written meanwhile."""

import asyncio
import contextvars

from app.db.engine import Engine
from app.db.groups import Group
from app.db.snapshot import one_moment


async def test_what_is_written_meanwhile_is_not_seen_and_does_not_wait(database: Engine) -> None:
    async def add() -> None:
        await Group.insert(Group(name="late"))

    before = await Group.count()
    async with one_moment(database):
        assert await Group.count() == before
        async with asyncio.timeout(3):
            # Piccolo keeps the transaction in the context: this task is not in it.
            await asyncio.create_task(add(), context=contextvars.Context())
        assert await Group.count() == before
    assert await Group.count() == before + 1
