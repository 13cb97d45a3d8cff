"""The log's rows, to be shown: money as decimal USD in text, ids and times as text."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from app.db.ids import first_at
from app.db.log import LogContent, LogEntry, UsageHour
from app.state.values import nano_to_usd
from app.stores.page import Page

BY = {"user": '"user"', "token": "token", "channel": "channel", "model": "model", "hour": "hour"}
"""What consumption can be summed up by, and its column."""

STATS = """
SELECT {by} AS name, SUM(requests) AS requests, SUM(input_tokens) AS input_tokens, SUM(output_tokens) AS output_tokens,
  SUM(amount_nano) AS amount_nano, SUM(cost_nano) AS cost_nano
FROM usage_hours WHERE hour >= {{}} GROUP BY {by} ORDER BY {order}
"""


async def entries(equal: Mapping[str, str], since: dt.datetime | None, limit: int, after: uuid.UUID | None) -> Page:
    """The newest first; those whose columns have these values."""
    query = LogEntry.select().order_by(LogEntry.id, ascending=False).limit(limit + 1).output(load_json=True)
    for column, value in equal.items():
        query = query.where(getattr(LogEntry, column) == value)
    if since is not None:
        query = query.where(LogEntry.id >= first_at(since.timestamp()))
    if after is not None:
        query = query.where(LogEntry.id < after)
    page = Page.of(await query, limit)
    return Page([words(row) for row in page.rows], page.after)


async def of_request(request_id: str) -> list[dict[str, Any]]:
    """What the log has of one request, and what was said in it if that was kept; empty if nothing."""
    rows = await LogEntry.select().where(LogEntry.request_id == request_id).order_by(LogEntry.id).output(load_json=True)
    said = await LogContent.select().where(LogContent.request_id == request_id).first()
    shown = [words(row) for row in rows]
    if said is None:
        return shown
    cut = {name: said[f"{name}_size"] for name in ("request", "reply") if said[f"{name}_size"] > len(said[name].encode())}
    kept = {"request": said["request"], "reply": said["reply"], **{f"{name}_size": size for name, size in cut.items()}}
    return [each | kept for each in shown] or [{"request_id": request_id, **kept}]


async def stats(by: str, since: dt.datetime) -> list[dict[str, Any]]:
    """Consumption since that hour; the dearest first, hours in their order."""
    hour = since.replace(minute=0, second=0, microsecond=0)
    rows = await UsageHour.raw(STATS.format(by=BY[by], order="1" if by == "hour" else "5 DESC, 1"), hour)
    return [_sums(by, row) for row in rows]


def words(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row in words."""
    cost = row["cost_nano"]
    shown = dict(row) | {
        "id": str(row["id"]),
        "created_at": row["created_at"].isoformat(timespec="milliseconds"),
        "amount_usd": nano_to_usd(row["amount_nano"]),
        "cost_usd": None if cost is None else nano_to_usd(cost),
    }
    return {name: value for name, value in shown.items() if name not in ("amount_nano", "cost_nano")}


def _sums(by: str, row: Mapping[str, Any]) -> dict[str, Any]:
    name = row["name"]
    if isinstance(name, str) and by == "hour":
        name = dt.datetime.fromisoformat(name)
    return {
        by: name.isoformat(timespec="minutes") if isinstance(name, dt.datetime) else name,
        "requests": int(row["requests"]),
        "input_tokens": int(row["input_tokens"]),
        "output_tokens": int(row["output_tokens"]),
        "amount_usd": nano_to_usd(int(row["amount_nano"])),
        "cost_usd": nano_to_usd(int(row["cost_nano"])),
    }
