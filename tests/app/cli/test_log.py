"""`aihub log` shows what happened."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import orjson
import pytest

from app.stores.ledger.sqlite import SqliteBooks
from pipeline.record import Content, Record
from tests.app.cli.conftest import Aihub

NOW = time.time()
CALL = Record(
    "consume", NOW - 60, "7 tokens in", user="alice", token="laptop", channel="main", model="gpt-x", request_id="req_1",
    status=200, input_tokens=7, output_tokens=3, amount_nano=25_000_000, cost_nano=20_000_000, detail={"tags": ["nightly"]},
)  # fmt: skip


def told(*records: Record | Content) -> None:
    async def write() -> None:
        books = SqliteBooks(Path("aihub.db"))
        await books.log(records)
        await books.close()

    asyncio.run(write())


def listed(run: Aihub, *arguments: str) -> list[str]:
    return [row["content"] for row in orjson.loads(run("log", "list", "--json", *arguments).stdout)["rows"]]


def test_an_apply_and_a_token_that_is_disabled_leave_rows(declared: Aihub) -> None:
    assert declared("token", "disable", "laptop").exit_code == 0
    rows = orjson.loads(declared("log", "list", "--json").stdout)["rows"]
    assert [(row["type"], row["content"]) for row in rows][:3] == [
        ("manage", "disabled token laptop"),
        ("manage", "created token laptop"),
        ("manage", "created channel main"),
    ]
    [credited] = [row for row in rows if row["type"] == "topup"]
    assert (credited["user"], credited["amount_usd"], credited["content"]) == ("alice", "25", "credited user alice: 25 USD")
    assert "s3cret" not in str(rows)
    assert "sk-vendor" not in str(rows)


def test_an_apply_that_changes_nothing_leaves_none(declared: Aihub) -> None:
    before = listed(declared)
    assert declared("apply", "-f", "state.yaml").exit_code == 0
    assert listed(declared) == before


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--type", "consume"], ["c", "b", "a"]),
        (["--type", "error"], ["e"]),
        (["--type", "consume", "--user", "alice"], ["b", "a"]),
        (["--type", "consume", "--model", "gpt-y"], ["c"]),
        (["--token", "phone"], ["b"]),
        (["--channel", "other"], ["c"]),
        (["--type", "consume", "--since", "2h"], ["c", "b"]),
        (["--type", "consume", "--since", "2001-01-01", "--limit", "2"], ["c", "b"]),
    ],
)
def test_rows_are_chosen_by_what_they_say(declared: Aihub, arguments: list[str], found: list[str]) -> None:
    told(
        replace(CALL, content="a", at=NOW - 86_400),
        replace(CALL, content="b", token="phone", at=NOW - 3600),
        replace(CALL, content="c", user="bob", model="gpt-y", channel="other", at=NOW - 60),
        replace(CALL, content="e", type="error", at=NOW - 10),
    )
    assert listed(declared, *arguments) == found


def test_a_long_list_is_read_page_by_page(declared: Aihub) -> None:
    told(*(replace(CALL, content=str(number), at=NOW - number) for number in range(5)))
    read: list[str] = []
    after: list[str] = []
    while True:
        page = orjson.loads(declared("log", "list", "--type", "consume", "--limit", "2", *after, "--json").stdout)
        read += [row["content"] for row in page["rows"]]
        if page["after"] is None:
            break
        after = ["--after", page["after"]]
    assert read == ["0", "1", "2", "3", "4"]


def test_one_request_with_everything(declared: Aihub) -> None:
    told(CALL)
    [row] = orjson.loads(declared("log", "show", "req_1", "--json").stdout)
    assert (row["amount_usd"], row["cost_usd"], row["detail"]) == ("0.025", "0.02", {"tags": ["nightly"]})
    lines = declared("log", "show", "req_1").stdout.splitlines()
    assert {"type: consume", "user: alice", "amount_usd: 0.025"} <= set(lines)
    assert not any(line.startswith("trace_id") for line in lines)


def test_what_was_said_if_it_was_kept(declared: Aihub) -> None:
    told(CALL, Content("req_1", NOW, '{"model":1}', "he", 11, 5))
    [row] = orjson.loads(declared("log", "show", "req_1", "--json").stdout)
    assert (row["request"], row["reply"], row["reply_size"], "request_size" in row) == ('{"model":1}', "he", 5, False)


def test_an_unknown_request(declared: Aihub) -> None:
    result = declared("log", "show", "req_2")
    assert (result.exit_code, result.stderr) == (2, "Error: the log has nothing of the request 'req_2'\n")


def test_sums_by_whoever_and_whatever(declared: Aihub) -> None:
    told(CALL, CALL, replace(CALL, user="bob", model="gpt-y", cost_nano=None), replace(CALL, at=NOW - 30 * 86_400))
    table = [line.split() for line in declared("log", "stats").stdout.splitlines()]
    assert table == [
        ["user", "requests", "input_tokens", "output_tokens", "amount_usd", "cost_usd"],
        ["alice", "2", "14", "6", "0.05", "0.04"],
        ["bob", "1", "7", "3", "0.025", "0"],
    ]
    by_model = orjson.loads(declared("log", "stats", "--by", "model", "--since", "90d", "--json").stdout)
    assert [(row["model"], row["requests"]) for row in by_model] == [("gpt-x", 3), ("gpt-y", 1)]
    by_hour = orjson.loads(declared("log", "stats", "--by", "hour", "--since", "90d", "--json").stdout)
    assert [row["requests"] for row in by_hour] == [1, 3]


@pytest.mark.parametrize("since", ["yesterday", "5", "2027-01-31T12:00:00", "99999999d"])
def test_a_time_that_is_none(declared: Aihub, since: str) -> None:
    assert declared("log", "list", "--since", since).exit_code == 2
