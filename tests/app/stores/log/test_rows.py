"""Records become rows, in the same transaction as the money, and exactly once."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from app.db.log import LogEntry, UsageHour
from app.stores.ledger.books import Books
from app.stores.ledger.operations import LOST, Hold, Release, Settle
from pipeline.billing.charge import Settlement
from pipeline.record import Record
from pipeline.usage import Usage
from tests.app.stores.ledger.conftest import a_payer

NOON = dt.datetime(2027, 1, 31, 12, tzinfo=dt.UTC).timestamp()
RECORD = Record(
    "consume", NOON, "said", user="ann", token="laptop", channel="main", model="m", input_tokens=7, output_tokens=3,
    amount_nano=25, cost_nano=20, status=200, first_byte_ms=9, detail={"tags": ["a"]},
)  # fmt: skip
LEASE = "w1"


async def rows() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await LogEntry.select().order_by(LogEntry.id).output(load_json=True)
    return found


async def hours() -> list[tuple[Any, ...]]:
    found = await UsageHour.select().order_by(UsageHour.hour, UsageHour.user, UsageHour.model)
    return [(row["hour"].hour, row["user"], row["model"], row["requests"], row["amount_nano"], row["cost_nano"]) for row in found]


async def test_a_settlement_writes_its_record_with_the_money(books: Books) -> None:
    payer = await a_payer(100)
    await books.post([Hold(payer.charge("a"), 60)], LEASE)
    await books.post([Settle(Settlement(payer.charge("a"), 25, "completed", Usage(7, 3), record=RECORD))], LEASE)
    [row] = await rows()
    assert (row["type"], row["charge"], row["user"], row["content"], row["detail"]) == (
        "consume",
        "a",
        "ann",
        "said",
        {"tags": ["a"]},
    )
    assert (row["created_at"].timestamp(), row["status"], row["first_byte_ms"], row["duration_ms"]) == (NOON, 200, 9, None)
    assert (row["input_tokens"], row["output_tokens"], row["amount_nano"], row["cost_nano"]) == (7, 3, 25, 20)


async def test_a_settlement_told_again_and_a_late_one_write_one_row_each(books: Books) -> None:
    payer = await a_payer(100)
    settle = [Settle(Settlement(payer.charge(id_), 25, "completed", Usage(7, 3), record=RECORD)) for id_ in ("a", "late")]
    await books.post([Hold(payer.charge("a"), 1), Hold(payer.charge("late"), 1)], LEASE)
    await books.post([Release(payer.charge("late"), LOST)], LEASE)
    for _ in range(2):
        await books.post([*settle, *settle], LEASE)
    assert sorted(row["charge"] for row in await rows()) == ["a", "late"]
    assert await hours() == [(12, "ann", "m", 2, 50, 40)]


async def test_a_batch_that_fails_writes_neither_the_money_nor_the_record(books: Books) -> None:
    payer = await a_payer(100)
    record = replace(RECORD, input_tokens=2**70)
    with pytest.raises(Exception):  # noqa: B017, PT011  # what the driver raises
        await books.post([Settle(Settlement(payer.charge("a"), 25, "completed", Usage(7, 3), record=record))], LEASE)
    assert (await rows(), await hours(), await payer.transfers()) == ([], [], [])


async def test_hours_are_sums_by_who_and_what(books: Books) -> None:
    await books.log([RECORD, replace(RECORD, model="n"), replace(RECORD, cost_nano=None), replace(RECORD, at=NOON + 3599.9)])
    await books.log([RECORD, replace(RECORD, at=NOON + 3600), replace(RECORD, type="error", amount_nano=0)])
    assert await hours() == [(12, "ann", "m", 4, 100, 60), (12, "ann", "n", 1, 25, 20), (13, "ann", "m", 1, 25, 20)]
    assert len(await rows()) == 7


async def test_rows_are_in_the_order_of_time(books: Books) -> None:
    await books.log([replace(RECORD, at=NOON + second / 1000, content=str(second)) for second in (3, 1, 2)])
    assert [row["content"] for row in await rows()] == ["1", "2", "3"]


async def test_no_text_makes_the_database_refuse_a_row(books: Books) -> None:
    await books.log([replace(RECORD, user="x" * 300, content="a\x00b\ud800c\n", model="m\x00", detail={"a": "\ud800"})])
    [row] = await rows()
    assert (row["user"], row["content"], row["model"], row["detail"]) == ("x" * 100, "abc", "m", {})
    assert [hour[1:3] for hour in await hours()] == [("x" * 100, "m")]
