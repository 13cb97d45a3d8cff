"""The page on prices: its examples cost what its tables say, and its list of kinds is the code's."""

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from app import cli
from app.cli.prices import prices as commands
from app.state.read import Declared, read_state
from pipeline.pricing.bill import Images, Units, bill
from pipeline.pricing.book import Entry, PriceBook
from pipeline.pricing.price import FALLBACK, KINDS
from pipeline.usage import Usage
from tests.pipeline.pricing.prices import NOON

GUIDE = (Path(__file__).parents[2] / "docs" / "prices.md").read_text()
BLOCKS = re.findall(r"^```yaml\n((?:(?!```)[^\n]*\n)+)```\n\n?((?:\|[^\n]*\n)*)", GUIDE, re.MULTILINE)


def declared(tmp_path: Path, text: str) -> Declared:
    (tmp_path / "state.yaml").write_text(text)
    return read_state(tmp_path / "state.yaml", {})


def calls() -> Iterator[tuple[str, dict[str, Any], int]]:
    for written, table in BLOCKS:
        for row in table.splitlines()[2:]:
            call, cost = (cell.strip(" `") for cell in row.strip("|").split(" | "))
            yield written, orjson.loads(call), int(cost)


@pytest.mark.parametrize("written", [written for written, _ in BLOCKS])
def test_every_block_is_a_state_file(tmp_path: Path, written: str) -> None:
    assert declared(tmp_path, written).problems == []


@pytest.mark.parametrize(("written", "call", "cost"), list(calls()))
def test_a_call_costs_what_the_page_says(tmp_path: Path, written: str, call: dict[str, Any], cost: int) -> None:
    specs = declared(tmp_path, written).prices.values()
    book = PriceBook(Entry(spec.model, spec.price(), spec.vendor, spec.channel) for spec in specs)
    model = call.pop("model", next(iter(specs)).model)
    entry = book.find(model, call.pop("vendor", None), call.pop("channel", None))
    at = dt.datetime.fromisoformat(call.pop("at")) if "at" in call else NOON
    units = Units(
        milliseconds=call.pop("milliseconds", 0),
        images=tuple(Images(**made) for made in call.pop("images", ())),
        tools=call.pop("tools", {}),
    )
    assert entry
    assert bill(entry.price, Usage(**call), at=at, units=units).total_nano == cost


def test_its_table_of_kinds_is_the_codes() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (?:`(\w+)`|-) \|$", GUIDE, re.MULTILINE)
    assert {kind: other for kind, other in rows if other} == FALLBACK
    assert {kind for kind, _ in rows} == set(KINDS)


def test_its_commands_exist() -> None:
    assert "prices" in cli.COMMANDS
    assert set(re.findall(r"^aihub prices (\w+)", GUIDE, re.MULTILINE)) == set(commands.commands)
