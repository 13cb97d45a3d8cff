from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table


ID = "2026-11-22T22:59:19:037642"
VERSION = "1.38.0"
DESCRIPTION = "prices make room for vendors and channels"


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="aihub", description=DESCRIPTION
    )

    async def put_aside():
        # SQLite cannot take a unique constraint off a column: the table is made anew, and its rows wait in another one. This runs
        # before the table is dropped; they come back two migrations later, once the new one is there.
        class Anything(Table):
            """Made here: a table keeps the engine that it first asked."""

        await Anything.raw("CREATE TABLE prices_before AS SELECT * FROM prices")

    manager.add_raw(put_aside)
    manager.drop_table(class_name="Price", tablename="prices", schema=None)

    return manager
