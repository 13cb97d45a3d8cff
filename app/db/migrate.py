"""Brings a database to the tables of this version: Piccolo's migrations, all or nothing, one process at a time."""

import importlib
import io
import pkgutil
from contextlib import redirect_stdout
from typing import cast

from piccolo.apps.migrations.commands.forwards import ForwardsMigrationManager
from piccolo.apps.migrations.tables import Migration
from piccolo.conf.apps import AppConfig, MigrationModule

import piccolo_migrations
from app.db.engine import Engine
from app.db.errors import NewerDatabase
from app.db.piccolo_app import APP_CONFIG

ALL = "all"


class _Migrations(ForwardsMigrationManager):
    """Imports migrations as the modules they are; Piccolo would put their folder on `sys.path`."""

    def get_app_config(self, app_name: str) -> AppConfig:  # noqa: ARG002
        return APP_CONFIG

    def get_migration_modules(self, folder_path: str) -> dict[str, MigrationModule]:  # noqa: ARG002
        return _modules()


async def migrate(engine: Engine, upto: str = ALL) -> list[str]:
    """Apply what is missing, up to and with the migration `upto`; returns the ids of those applied.

    Raises `NewerDatabase`, and what the driver raises.
    """
    async with engine.alone(), engine.transaction():
        # Piccolo talks to the operator by printing; our commands say it in their own words.
        with redirect_stdout(io.StringIO()):
            manager = _Migrations(app_name=APP_CONFIG.app_name, migration_id=upto)
            await manager.create_migration_table()
            before = await applied()
            await manager.run()
            after = await applied()
    return [migration for migration in after if migration not in before]


async def pending() -> list[str]:
    """The ids of the migrations that are missing. Writes nothing. Raises `NewerDatabase`."""
    done = await applied() if await Migration.table_exists() else []
    return [migration for migration in known() if migration not in done]


async def applied() -> list[str]:
    """Raises `NewerDatabase` when the database has migrations that this version does not know."""
    done = sorted(await Migration.get_migrations_which_ran(app_name=APP_CONFIG.app_name))
    if unknown := sorted(set(done) - set(known())):
        raise NewerDatabase(f"a newer AiHub has used this database (migration {unknown[-1]}): upgrade AiHub")
    return done


def known() -> list[str]:
    """The ids of this version's migrations, oldest first."""
    return sorted(_modules())


def _modules() -> dict[str, MigrationModule]:
    names = [module.name for module in pkgutil.iter_modules(piccolo_migrations.__path__)]
    modules = [cast("MigrationModule", importlib.import_module(f"{piccolo_migrations.__name__}.{name}")) for name in names]
    return {module.ID: module for module in modules}
