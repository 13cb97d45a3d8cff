"""The page on billing: its blocks are valid, and its tables are the code's."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest

from app.config.stages import check
from app.db import charges
from app.secrets import Secrets
from app.state.check import check as check_state
from app.state.read import read_state
from app.state.snapshot import Snapshot
from app.stores.ledger.grouped import UNKNOWN
from app.stores.ledger.keeper import BEAT_SECONDS, STALE_SECONDS
from app.stores.ledger.opened import SPOOL
from app.stores.ledger.operations import LOST
from app.stores.lost import DATABASE
from pipeline.billing import owed
from pipeline.billing.cost_events import usd
from pipeline.pricing.bill import bill
from pipeline.stages.billing import COST_EVENT, COST_HEADER
from pipeline.usage import Usage
from tests.docs.pages import Page, names
from tests.pipeline.pricing.prices import NOON
from tests.pipeline.stages.test_billing import STREAMED, UNARY

GUIDE = Page("docs/billing.md")
STATE, PIPELINE = GUIDE.code("yaml")

CASES: dict[str, list[tuple[Any, ...]]] = {
    "was refused, or never sent": [],
    "failed at every vendor, or its stream had an error and nothing else": [STREAMED["failed everywhere"], UNARY["failed"]],
    "was answered, and then broke in the gateway before the caller had it": [],
    "was answered to its end": [STREAMED["to its end"], STREAMED["to its end, unreported"], UNARY["answered"]],
    "was left by its caller and read to its end": [UNARY["left and read to its end"]],
    "was left by its caller before the first event": [STREAMED["left before its first event"]],
    "was left, or cut, in the middle of its answer": [STREAMED["left in its middle"], STREAMED["cut in its middle"]],
    "was cut before anything was said": [STREAMED["cut before its first event"]],
}
"""The rows, with the cases that the stage's own test plays for them; of those without, it asks in tests of their own."""


def test_its_pipeline_is_valid(tmp_path: Path) -> None:
    (tmp_path / "aihub.yaml").write_text(PIPELINE)
    assert [str(problem) for problem in check(tmp_path / "aihub.yaml", {})] == []


def test_its_state_file_is_valid_and_a_call_costs_what_the_page_says(tmp_path: Path) -> None:
    (tmp_path / "state.yaml").write_text(STATE)
    declared = read_state(tmp_path / "state.yaml", {})
    assert check_state(declared, Snapshot(), Secrets("tests")) == []
    [spec] = declared.prices.values()
    rows = [(Usage(**orjson.loads(names(tokens)[0])), int(cost)) for _, tokens, cost in GUIDE.table("What is held")]
    assert [bill(spec.price(), usage, at=NOON).total_nano for usage, _ in rows] == [cost for _, cost in rows]
    assert GUIDE.text.count(usd(rows[1][1])) == 2


def test_who_pays_is_the_table_in_the_code() -> None:
    lines = [line.strip("|").split("|") for line in (owed.__doc__ or "").splitlines() if line.startswith("|")]
    assert [row[:2] for row in GUIDE.table("Who pays")] == [[cell.strip() for cell in line] for line in lines[2:]]


def test_its_reasons_are_the_codes() -> None:
    told = {reason for *_, cell in GUIDE.table("Who pays") for reason in names(cell)}
    assert told == {value for name, value in vars(owed).items() if name.isupper() and isinstance(value, str)}


@pytest.mark.parametrize(("call", "ends", "reasons"), GUIDE.table("Who pays"))
def test_a_call_is_paid_as_the_stage_s_own_test_has_it(call: str, ends: str, reasons: str) -> None:
    cases = [expected for _, _, expected in CASES[call]]
    assert {reason for reason, _ in cases} in (set(), set(names(reasons)))
    assert {amount == 0 for _, amount in cases} in (set(), {ends == "free"})


def test_its_states_are_the_codes() -> None:
    assert [names(state)[0] for state, _ in GUIDE.table("Exactly once")] == [charges.HELD, charges.SETTLED, charges.VOID]


def test_what_happens_when_the_database_is_lost_is_the_codes() -> None:
    row = [DATABASE.dependency, DATABASE.serves, DATABASE.meanwhile, DATABASE.afterwards]
    assert GUIDE.table("When something is lost") == [row]


def test_its_words_and_numbers_are_the_codes() -> None:
    for word in (COST_HEADER, COST_EVENT, LOST, UNKNOWN, SPOOL):
        assert f"`{word}`" in GUIDE.text
    assert f"every {BEAT_SECONDS} seconds" in GUIDE.text
    assert f"{STALE_SECONDS} seconds old" in GUIDE.text
    assert f"within {DATABASE.answers_within:g} seconds" in GUIDE.text


def test_every_code_it_names_is_in_the_operator_s_table() -> None:
    table = {names(code)[0]: status for code, status, *_ in Page("docs/operators-guide.md").table("Troubleshooting")}
    paragraph = GUIDE.section("What the caller sees").partition("All else is a code: ")[2]
    said = [(code, status) for codes, status in re.findall(r"([^()]+) \((\d+)\)", paragraph) for code in names(codes)]
    assert said == [(code, table[code]) for code, _ in said]
    assert len(said) == 5
