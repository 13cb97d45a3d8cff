"""A part of a long list, the newest first, and where to read on."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, Self
from uuid import UUID


class Page(NamedTuple):
    """`after` is the id to ask for the next page with, None on the last one."""

    rows: Sequence[Mapping[str, Any]]
    after: UUID | None

    @classmethod
    def of(cls, rows: Sequence[Mapping[str, Any]], limit: int) -> Self:
        """Of rows in the order of their ids, the highest first, of which one more than `limit` was asked for."""
        shown = rows[:limit]
        return cls(shown, shown[-1]["id"] if len(rows) > limit else None)
