"""A job is one node's at a time."""

import pytest

from app.db.engine import Engine
from app.db.jobs import JobLease
from app.jobs.lease import take


async def test_the_first_has_it_until_its_time_is_over(database: Engine) -> None:
    assert await take(database, "sweep", "one", 60)
    assert not await take(database, "sweep", "two", 60)
    assert await take(database, "sweep", "one", 60)
    await JobLease.update({JobLease.until: JobLease.until - 62}).where(JobLease.id == "sweep")
    assert await take(database, "sweep", "two", 60)
    assert not await take(database, "sweep", "one", 60)


async def test_jobs_do_not_know_of_each_other(database: Engine) -> None:
    assert await take(database, "sweep", "one", 60)
    assert await take(database, "count", "two", 60)


@pytest.mark.parametrize("seconds", [1, 300])
async def test_it_is_held_for_as_long_as_was_asked(database: Engine, seconds: int) -> None:
    await take(database, "sweep", "one", seconds)
    row = await JobLease.select(JobLease.until).first()
    await take(database, "sweep", "one", 0)
    later = await JobLease.select(JobLease.until).first()
    assert row is not None
    assert later is not None
    assert seconds - 1 <= row["until"] - later["until"] <= seconds
