"""`aihub prices` shows what is in force and takes a new list over only when it is told to."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson

from tests.app.cli.conftest import Aihub, revision

OWN = """\
channels: [{name: relay, vendor: openai, keys: [sk-vendor]}]
prices:
  - {model: gpt-4o, input: 9, output: 12, tiers: [{above: 1000, input: 10}]}
  - {model: gpt-4o, channel: relay, per_call: 0.5}
"""


@contextmanager
def database() -> Iterator[sqlite3.Connection]:
    with sqlite3.connect("aihub.db") as plain:
        yield plain
    plain.close()


def apply_own(run: Aihub) -> None:
    Path("own.yaml").write_text(OWN)
    assert run("apply", "-f", "own.yaml").exit_code == 0


def age_the_list() -> None:
    """As an earlier version would have left it: one price less, one other, one more."""
    with database() as plain:
        (text,) = plain.execute("SELECT entries FROM price_list").fetchone()
        listed = orjson.loads(text)
        names = {row["model"]: row for row in listed["prices"] if "vendor" not in row}
        names["gpt-4o"]["input"] = 5
        listed["prices"].remove(names["gpt-4.1"])
        listed["prices"].append({"model": "bygone", "input": 1, "source": "x"})
        plain.execute("UPDATE price_list SET version = 'before', entries = ?", [orjson.dumps(listed).decode()])


def test_the_price_in_force_and_where_it_comes_from(declared: Aihub) -> None:
    apply_own(declared)
    own = orjson.loads(declared("prices", "show", "gpt-4o", "--json").stdout)
    assert own == {
        "asked": "gpt-4o",
        "model": "gpt-4o",
        "input": "9",
        "output": "12",
        "tiers": [{"above": 1000, "input": "10"}],
        "origin": "operator",
    }
    relayed = declared("prices", "show", "gpt-4o", "--channel", "relay").stdout.splitlines()
    assert relayed == ["asked: gpt-4o", "model: gpt-4o", "channel: relay", "per_call: 0.5", "origin: operator"]
    listed = declared("prices", "show", "gpt-5.4").stdout
    assert "tiers: above 272000, input 5, output 22.5, cache_read 0.5" in listed
    assert "origin: shipped: " in listed


def test_a_vendors_price(declared: Aihub) -> None:
    assert "model: *\nvendor: ollama\ninput: 0" in declared("prices", "show", "anything", "--vendor", "ollama").stdout


def test_no_price(declared: Aihub) -> None:
    result = declared("prices", "show", "davinci-003")
    assert (result.exit_code, result.stderr) == (
        1,
        "Error: the model 'davinci-003' has no price, did you mean 'davinci-002'?\n",
    )
    result = declared("prices", "show", "gpt-4o", "--channel", "mian")
    assert (result.exit_code, result.stderr) == (2, "Error: there is no channel 'mian', did you mean 'main'?\n")


def test_all_prices_ones_own_first(declared: Aihub) -> None:
    apply_own(declared)
    lines = [line.split() for line in declared("prices", "list").stdout.splitlines()]
    assert lines[0][:3] == ["model", "vendor", "channel"]
    assert [line[-1] for line in lines[1:3]] == ["operator", "operator"]
    listed = orjson.loads(declared("prices", "list", "--json").stdout)
    assert len(listed) == len(lines) - 1 > 1_000


def test_the_list_of_this_version_is_in_force(declared: Aihub) -> None:
    before = revision()
    result = declared("prices", "sync", "--apply")
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1)
    assert result.stdout.endswith("is in force\n")
    assert revision() == before


def test_a_sync_shows_what_differs_and_changes_nothing(declared: Aihub) -> None:
    apply_own(declared)
    age_the_list()
    before = revision()
    for arguments in (["prices", "sync"], ["prices", "sync", "--dry-run"]):
        lines = declared(*arguments).stdout.splitlines()
        assert [line.partition(", tools")[0] for line in lines] == [
            "- bygone: input 1",
            "+ gpt-4.1: input 2, output 8, cache_read 0.5",
            "~ gpt-4o: input 5 -> 2.5 (your own price is on top)",
            "3 prices differ: the list before stays in force until `aihub prices sync --apply`",
        ]
    assert revision() == before
    assert "input: 1" in declared("prices", "show", "bygone").stdout


def test_a_sync_takes_the_list_over_and_tells_the_servers(declared: Aihub) -> None:
    apply_own(declared)
    age_the_list()
    before = revision()
    assert declared("prices", "sync", "--apply").exit_code == 0
    assert revision() == before + 1
    assert declared("prices", "show", "bygone").exit_code == 1
    assert "input: 9" in declared("prices", "show", "gpt-4o").stdout
    assert declared("prices", "sync").stdout.count("\n") == 1
