"""Proves, from the rows alone, that the books are in order. It only reads, and may run while a gateway serves."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.db.engine import Engine
from app.db.ledger import LedgerEntry
from app.db.snapshot import one_moment
from app.db.sqlite import Sqlite
from app.state.values import nano_to_usd
from app.stores.ledger import postgres, sqlite
from app.stores.ledger.invariants import INVARIANTS, Invariant


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of one invariant: how many things were looked at, and a line for each that is wrong."""

    invariant: Invariant
    checked: int
    breaks: tuple[str, ...]


async def audit(engine: Engine) -> list[Finding]:
    """All invariants at one and the same moment. Raises what the driver raises."""
    now = sqlite.NOW if isinstance(engine, Sqlite) else postgres.NOW
    async with one_moment(engine):
        return [await _find(invariant, now) for invariant in INVARIANTS]


async def _find(invariant: Invariant, now: str) -> Finding:
    (counted,) = await LedgerEntry.raw(invariant.count)
    broken = await LedgerEntry.raw(invariant.breaks.replace("{now}", now))
    return Finding(invariant, counted["number"], tuple(invariant.says.format_map(_in_words(row)) for row in broken))


def _in_words(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: nano_to_usd(int(value)) if name.endswith("_nano") else value for name, value in row.items()}
