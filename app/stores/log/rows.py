"""Records as rows. The statements are for both engines; CockroachDB accepts them too."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import msgspec
from piccolo.columns import Varchar

from app.db.ids import time_ordered
from app.db.log import LogEntry, UsageHour
from app.stores.writes import Moment, Parameters, Write
from pipeline.record import Content, Record

Entry = tuple[Record, str | None]
"""A record, and the id of the charge that it belongs to."""

HOUR = 3600
REMEMBERED = 4096
COPIED = tuple(name for name in Record.__dataclass_fields__ if name not in ("at", "detail"))
WIDTHS = {column._meta.name: column.length for column in LogEntry._meta.columns if isinstance(column, Varchar)}  # noqa: SLF001 - Piccolo's public name for it

_NAMES = ("id", "created_at", "charge", "detail", *COPIED)
INSERT = f"""
INSERT INTO log ({", ".join(f'"{name}"' for name in _NAMES)})
VALUES ({", ".join(f"${number}" for number in range(1, len(_NAMES) + 1))})
"""  # noqa: S608  # all of it is written here

_SUMS = ("requests", "input_tokens", "output_tokens", "amount_nano", "cost_nano")
ADD = f"""
INSERT INTO usage_hours (id, hour, "user", token, channel, model, {", ".join(_SUMS)})
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = usage_hours.{name} + excluded.{name}" for name in _SUMS)}
"""  # noqa: S608  # as above

KEEP = """
INSERT INTO log_content (id, request_id, created_at, request, reply, request_size, reply_size)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""

_encode = msgspec.json.Encoder().encode


def log_writes(entries: Sequence[Entry], moment: Moment) -> list[Write]:
    """The rows, and what they add to their hours."""
    if not entries:
        return []
    hours = _hours(record for record, _ in entries if record.type == "consume")
    added = [(id_, moment(_utc(hour * HOUR)), *names, *sums) for id_, (hour, names, sums) in sorted(hours.items())]
    made: list[Write] = [(INSERT, [_row(record, charge, moment) for record, charge in entries])]
    return [*made, (ADD, added)] if added else made


def separate_writes(records: Sequence[Record | Content], moment: Moment) -> list[Write]:
    """Of what belongs to no charge."""
    made = log_writes([(record, None) for record in records if isinstance(record, Record)], moment)
    said = [_content(record, moment) for record in records if isinstance(record, Content)]
    return [*made, (KEEP, said)] if said else made


def _content(said: Content, moment: Moment) -> Parameters:
    texts = (said.request.replace("\0", ""), said.reply.replace("\0", ""))
    return (str(time_ordered(said.at)), said.request_id, moment(_utc(said.at)), *texts, said.request_size, said.reply_size)


def _row(record: Record, charge: str | None, moment: Moment) -> Parameters:
    copied = [_fit(name, getattr(record, name)) for name in COPIED]
    try:
        detail = _encode(record.detail).decode()
    except (TypeError, ValueError):
        # Half a letter that somebody sent (a lone surrogate) must not cost the batch, see `_fit`.
        detail = "{}"
    return (str(time_ordered(record.at)), moment(_utc(record.at)), charge, detail, *copied)


def _fit(name: str, value: Any) -> Any:
    """A row that the database refuses would take the whole batch with it, money included: texts are cut to their columns, and
    control characters left out (PostgreSQL knows no NUL)."""
    if not isinstance(value, str):
        return value
    cut = value[: WIDTHS.get(name)]
    return cut if cut.isprintable() else "".join(letter for letter in cut if letter.isprintable())


def _hours(records: Iterable[Record]) -> dict[str, tuple[int, tuple[str, ...], list[int]]]:
    """Sums by the id of their row, sorted later: no two batches shall lock each other out."""
    hours: dict[str, tuple[int, tuple[str, ...], list[int]]] = {}
    for record in records:
        hour = int(record.at // HOUR)
        names = tuple(_fit(name, getattr(record, name)) for name in ("user", "token", "channel", "model"))
        _, _, sums = hours.setdefault(_hour_id(hour, names), (hour, names, [0] * len(_SUMS)))
        more = (1, record.input_tokens, record.output_tokens, record.amount_nano, record.cost_nano or 0)
        sums[:] = [before + added for before, added in zip(sums, more, strict=True)]
    return hours


@lru_cache(REMEMBERED)
def _hour_id(hour: int, names: tuple[str, ...]) -> str:
    """The same for the same, wherever it is worked out. No name has a control character in it."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\n".join((UsageHour._meta.tablename, str(hour), *names))))  # noqa: SLF001 - as above


def _utc(at: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(at, dt.UTC)
