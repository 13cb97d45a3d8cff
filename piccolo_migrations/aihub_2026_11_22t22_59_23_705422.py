from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table


ID = "2026-11-22T22:59:23:705422"
VERSION = "1.38.0"
DESCRIPTION = "the prices of before move in"

STAYED = "id, model, input, output, cache_read, cache_write, ratio"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="aihub", description=DESCRIPTION
    )

    async def move_in():
        # `per_call` was nano-dollars per call; like every rate, it is per million of them now.
        class Anything(Table):
            """Made here: a table keeps the engine that it first asked."""

        await Anything.raw(
            f"INSERT INTO prices ({STAYED}, per_call) "
            f"SELECT {STAYED}, per_call * 1000000 FROM prices_before"
        )
        await Anything.raw("DROP TABLE prices_before")

    manager.add_raw(move_in)
    return manager
