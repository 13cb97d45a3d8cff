"""What applying a state file does: rows to write, and a line for the operator about each thing."""

from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from piccolo.table import Table

from app.db.ledger import grant

Action = Literal["created", "updated", "credited", "unchanged"]
INTENT: dict[Action, str] = {"created": "create", "updated": "update", "credited": "credit", "unchanged": "keep"}


@dataclass(frozen=True, slots=True)
class Insert:
    table: type[Table]
    values: dict[str, Any] = field(repr=False)

    async def run(self) -> None:
        await self.table.insert(self.table(**self.values))


@dataclass(frozen=True, slots=True)
class Update:
    table: type[Table]
    row: UUID
    values: dict[str, Any] = field(repr=False)

    async def run(self) -> None:
        values: dict[Any, Any] = self.values
        await self.table.update(values).where(self.table.id == self.row)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Delete:
    table: type[Table]
    row: UUID

    async def run(self) -> None:
        await self.table.delete().where(self.table.id == self.row)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Grant:
    """An opening credit, in nano-dollars. `key` makes sure that it happens once."""

    user: UUID
    amount_nano: int
    key: str

    async def run(self) -> None:
        await grant(self.user, self.amount_nano, key=self.key, kind="opening", note="balance_usd of a state file")


Write = Insert | Update | Delete | Grant


@dataclass(frozen=True, slots=True)
class Change:
    """`words` are the file's words that changed; `key` is a generated key, to be shown once."""

    action: Action
    kind: str
    name: str
    words: tuple[str, ...] = ()
    writes: tuple[Write, ...] = ()
    key: str | None = field(default=None, repr=False)
    note: str = ""
