"""Migrations bring every earlier database to the tables that the code declares."""

import asyncio
import sqlite3
import sys
import uuid
from asyncio.subprocess import PIPE
from fractions import Fraction
from pathlib import Path

import pytest
from piccolo.apps.migrations.commands.new import AutoMigrationManager
from piccolo.apps.migrations.tables import Migration

from app.db.engine import Engine, bind
from app.db.errors import NewerDatabase
from app.db.groups import Group
from app.db.migrate import applied, known, migrate, pending
from app.db.piccolo_app import APP_CONFIG
from app.db.prices import Price
from app.db.users import User
from app.prices.stored import price_of
from pipeline.pricing import price as pricing

MIGRATE = """
import asyncio, pathlib, sys
from app.db.engine import bind
from app.db.migrate import migrate
print(len(asyncio.run(migrate(bind(sys.argv[1], pathlib.Path())))))
"""


async def assert_tables_work() -> None:
    for table in APP_CONFIG.table_classes:
        # Naming every column fails when one is missing.
        await table.select(*table.all_columns())


async def test_from_nothing(database_url: str, tmp_path: Path) -> None:
    engine = bind(database_url, tmp_path)
    assert await pending() == known()
    assert await migrate(engine) == known()
    assert await pending() == []
    await assert_tables_work()


@pytest.mark.parametrize("earlier", known())
async def test_from_every_earlier_migration(database_url: str, tmp_path: Path, earlier: str) -> None:
    engine = bind(database_url, tmp_path)
    first = await migrate(engine, upto=earlier)
    assert first[-1] == earlier
    assert first + await migrate(engine) == known()
    await assert_tables_work()


async def test_rows_from_before_limits_have_none(database_url: str, tmp_path: Path) -> None:
    engine = bind(database_url, tmp_path)
    await migrate(engine, upto=known()[0])
    await Group.raw(
        "INSERT INTO groups (id, name, ratio, models, usable_by, auto, position) VALUES ({}, 'g', '1', '[]', '[]', {}, 0)",
        uuid.uuid4(),
        False,
    )
    await migrate(engine)
    assert await Group.select(Group.limits).output(load_json=True) == [{"limits": {}}]


async def test_prices_of_the_first_table_stay(database_url: str, tmp_path: Path) -> None:
    engine = bind(database_url, tmp_path)
    await migrate(engine, upto=known()[0])
    columns = "id, model, input, output, cache_read, cache_write, per_call, ratio"
    await User.raw(f"INSERT INTO prices ({columns}) VALUES ({{}}, 'm', 1, 2, 3, 4, 5, '1.5')", uuid.uuid4())
    await migrate(engine)
    (row,) = await Price.select().output(load_json=True)
    assert price_of(row) == pricing.Price(
        pricing.Rates(input=1, output=2, cache_read=3, cache_write=4), per_call=5_000_000, ratio=Fraction(3, 2)
    )
    assert (row["vendor"], row["channel"], row["tiers"], row["tools"]) == (None, None, [], {})


async def test_a_second_run_applies_nothing(database: Engine) -> None:
    assert await migrate(database) == []


async def test_it_prints_nothing(database_url: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    await migrate(bind(database_url, tmp_path))
    assert capfd.readouterr() == ("", "")


async def test_two_at_once_apply_each_migration_once(database_url: str, tmp_path: Path) -> None:
    program = (sys.executable, "-c", MIGRATE, database_url)
    processes = [await asyncio.create_subprocess_exec(*program, stdout=PIPE, stderr=PIPE) for _ in range(3)]
    replies = [await process.communicate() for process in processes]
    assert [error for _, error in replies] == [b""] * 3
    assert sorted(int(output) for output, _ in replies) == [0, 0, len(known())]
    bind(database_url, tmp_path)
    assert await applied() == known()


async def test_a_failed_migration_leaves_nothing_behind(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the disk is full")

    engine = bind(database_url, tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr("piccolo.apps.migrations.auto.migration_manager.MigrationManager._run_drop_columns", fail)
        with pytest.raises(RuntimeError):
            await migrate(engine)
    assert await pending() == known()
    assert await migrate(engine) == known()


async def test_a_newer_database_is_refused(database: Engine) -> None:
    await Migration.insert(Migration(name="2999-01-01T00:00:00:000000", app_name="aihub"))
    with pytest.raises(NewerDatabase, match="upgrade AiHub"):
        await migrate(database)


async def test_the_tables_have_no_change_without_a_migration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bind("sqlite:///aihub.db", tmp_path)
    monkeypatch.syspath_prepend(APP_CONFIG.resolved_migrations_folder_path)
    statements = await AutoMigrationManager().get_alter_statements(app_config=APP_CONFIG)
    assert [line for group in statements for line in group.statements] == []


async def test_sqlite_is_durable_and_private(tmp_path: Path) -> None:
    engine = bind("sqlite:///aihub.db", tmp_path)
    await migrate(engine)
    file = tmp_path / "aihub.db"
    assert file.stat().st_mode & 0o077 == 0
    with sqlite3.connect(file) as plain:
        assert plain.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    plain.close()
    answers = [await User.raw(f"PRAGMA {name}") for name in ("synchronous", "foreign_keys", "busy_timeout")]
    assert answers == [[{"synchronous": 2}], [{"foreign_keys": 1}], [{"timeout": 5000}]]
