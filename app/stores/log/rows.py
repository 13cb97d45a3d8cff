"""Records as rows. The statements are for both engines; CockroachDB accepts them too."""

import datetime as dt
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from functools import lru_cache
from operator import attrgetter, gt
from typing import Any

import msgspec
from piccolo.columns import Varchar

from app.db.ids import time_ordered
from app.db.log import LogEntry
from app.stores.writes import Moment, Parameters, Write
from pipeline.record import Content, Record

Entry = tuple[Record, str | None]
"""A record, and the id of the charge that it belongs to."""

Hour = tuple[Any, ...]
"""Its number since 1970, and the names that it is kept apart by."""

HOUR = 3600
REMEMBERED = 4096
LONGEST_CONTENT = 2000
TEXTS = tuple(field.name for field in fields(Record) if isinstance(field.default, str) or field.name in ("type", "content"))
NUMBERS = tuple(field.name for field in fields(Record) if field.name not in (*TEXTS, "at", "detail"))
GROUPED = ("user", "token", "channel", "model")
"""What the sums of an hour are kept apart by."""

_COLUMNS = LogEntry._meta.columns  # noqa: SLF001 - Piccolo's public name for it
_WIDTHS = {column._meta.name: column.length or LONGEST_CONTENT for column in _COLUMNS if isinstance(column, Varchar)}  # noqa: SLF001
TEXT_WIDTHS = [_WIDTHS.get(name, LONGEST_CONTENT) for name in TEXTS]
GROUPED_WIDTHS = [_WIDTHS[name] for name in GROUPED]

_texts, _numbers, _grouped = attrgetter(*TEXTS), attrgetter(*NUMBERS), attrgetter(*GROUPED)
_NAMES = ("id", "created_at", "charge", "detail", *TEXTS, *NUMBERS)
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
    # Sorted, so that no two batches lock each other out.
    added = sorted((_hour_id(hour), moment(_utc(hour[0] * HOUR)), *hour[1:], *sums) for hour, sums in hours)
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
    try:
        detail = _encode(record.detail).decode()
    except (TypeError, ValueError):
        # Half a letter that somebody sent (a lone surrogate) must not cost the batch, see `_fit`.
        detail = "{}"
    return (
        str(time_ordered(record.at)),
        moment(_utc(record.at)),
        charge,
        detail,
        *_fit(_texts(record), TEXT_WIDTHS),
        *_numbers(record),
    )


def _fit(texts: Sequence[str], widths: Sequence[int]) -> Sequence[str]:
    """A row that the database refuses would take the whole batch with it, money included: texts are cut to their columns, and
    control characters left out (PostgreSQL knows no NUL)."""
    if "".join(texts).isprintable() and not any(map(gt, map(len, texts), widths)):
        return texts
    return ["".join(letter for letter in text[:width] if letter.isprintable()) for text, width in zip(texts, widths, strict=True)]


def _hours(records: Iterable[Record]) -> Iterator[tuple[Hour, list[int]]]:
    """Sums by the hour and the names."""
    hours: dict[tuple[Any, ...], list[int]] = {}
    for record in records:
        sums = hours.setdefault((int(record.at // HOUR), *_grouped(record)), [0] * len(_SUMS))
        sums[0] += 1
        sums[1] += record.input_tokens
        sums[2] += record.output_tokens
        sums[3] += record.amount_nano
        sums[4] += record.cost_nano or 0
    for (hour, *names), sums in hours.items():
        yield (hour, *_fit(names, GROUPED_WIDTHS)), sums


@lru_cache(REMEMBERED)
def _hour_id(hour: Hour) -> str:
    """The same for the same, wherever it is worked out. No name has a control character in it."""
    return str(uuid.uuid5(uuid.NAMESPACE_OID, "\n".join(map(str, hour))))


def _utc(at: float) -> dt.datetime:
    return dt.datetime.fromtimestamp(at, dt.UTC)
