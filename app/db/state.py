"""What the installation knows about itself, in one row: its revision and the check value of its secret.

Why a row: docs/decisions/0003-revision-row.md.
"""

from piccolo.columns import BigInt, Integer, Varchar
from piccolo.table import Table

ONLY = 1


class Installation(Table, tablename="installation"):
    id = Integer(primary_key=True, default=ONLY)
    revision = BigInt(default=1, help_text="counts the changes that servers must notice")
    key_check = Varchar(length=64, help_text="tells whether the secret is the one the keys were sealed with")


async def remember_key_check(value: str) -> None:
    """For a new database; one that has a check value keeps it."""
    row = Installation(id=ONLY, revision=1, key_check=value)
    await Installation.insert(row).on_conflict(action="DO NOTHING")


async def key_check() -> str | None:
    row = await Installation.select(Installation.key_check).first()
    return row["key_check"] if row else None


async def revision() -> int:
    """0 before the database was ever opened with a secret."""
    row = await Installation.select(Installation.revision).first()
    return int(row["revision"]) if row else 0


async def lock() -> None:
    """Make other writers wait until this transaction ends. The same statement does it on every engine."""
    await Installation.update({Installation.revision: Installation.revision}).where(Installation.id == ONLY)


async def bump() -> None:
    """Tell every server to read the tables again. To be called in the transaction that changed them."""
    await Installation.update({Installation.revision: Installation.revision + 1}).where(Installation.id == ONLY)
