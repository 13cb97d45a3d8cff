"""Rows of the log that belong to a change of the database: they are written in its transaction, or not at all."""

import datetime as dt
import time
from typing import Any

from app.db.ids import time_ordered
from app.db.log import LogEntry
from app.stores.log.rows import NUMBERS, TEXTS
from pipeline.record import Record, Type


async def keep(kind: Type, content: str, **facts: Any) -> None:
    """To be called in a transaction. `facts` are fields of a `Record`."""
    record = Record(kind, time.time(), content, **facts)
    moment = dt.datetime.fromtimestamp(record.at, dt.UTC)
    copied = {name: getattr(record, name) for name in (*TEXTS, *NUMBERS)}
    await LogEntry.insert(LogEntry(id=time_ordered(record.at), created_at=moment, detail=dict(record.detail), **copied))
