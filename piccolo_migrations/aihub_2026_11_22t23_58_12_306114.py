from piccolo.apps.migrations.auto.migration_manager import MigrationManager
from piccolo.table import Table

ID = "2026-11-22T23:58:12:306114"
VERSION = "1.38.0"
DESCRIPTION = "accounts, and names in the log, are indexed in the order of time"

TOGETHER_WITH_THE_ID = (
    ("ledger", "debit_account"),
    ("ledger", "credit_account"),
    ("log", "type"),
    ("log", "user"),
    ("log", "token"),
)


async def forwards():
    manager = MigrationManager(
        migration_id=ID, app_name="aihub", description=DESCRIPTION
    )

    async def make_indexes():
        class Anything(Table):
            """Made here: a table keeps the engine that it first asked."""

        for table, column in TOGETHER_WITH_THE_ID:
            await Anything.raw(
                f'CREATE INDEX {table}_{column}_id ON {table} ("{column}", id)'
            )

    manager.add_raw(make_indexes)
    return manager
