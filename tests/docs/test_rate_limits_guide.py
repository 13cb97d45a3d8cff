"""The page on rate limits: its blocks are valid, and its tables are the code's."""

import re
from pathlib import Path

import pytest

from app.config.stages import check
from app.secrets import Secrets
from app.state.check import check as check_state
from app.state.read import read_state
from app.state.snapshot import Snapshot
from app.stores.limits.counters import STALE_SECONDS
from app.stores.limits.shared import BEAT_SECONDS
from app.stores.lost import REDIS
from pipeline.limits.allowance import MEASURES
from pipeline.limits.claims import Meter
from pipeline.limits.headers import limit_headers
from pipeline.limits.parts import PARTS
from pipeline.limits.rules import ASSUMED
from pipeline.limits.wording import CHANNELS_FULL, MET, TOO_LARGE
from tests.pipeline.limits.claiming import claim

GUIDE = (Path(__file__).parents[2] / "docs" / "rate-limits.md").read_text()
BLOCKS = re.findall(r"^```yaml\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)


def table(heading: str) -> list[list[str]]:
    """The cells of the rows below the heading that begins so."""
    rows = GUIDE.partition(heading)[2].partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]


@pytest.mark.parametrize("written", BLOCKS)
def test_every_block_is_valid(written: str, tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_text(written)
    if written.startswith("groups:"):
        found = check_state(read_state(file, {"OPENAI_KEY": "sk-1"}), Snapshot(), Secrets("tests"))
    else:
        found = check(file, {})
    assert [str(problem) for problem in found] == []


def test_there_is_a_block_of_each_kind() -> None:
    assert sorted({block.partition(":")[0] for block in BLOCKS}) == ["groups", "pipeline", "redis"]


def test_the_measures_are_the_codes() -> None:
    windows = {60: "60 seconds", 86_400: "24 hours", None: "now"}
    rows = [(word.strip("`"), counts.split(",")[0].split(" that")[0], over) for word, counts, over in table("| word | counts")]
    slots = {"slots": "requests"}
    assert rows == [(each.word, slots.get(each.counts, each.counts), windows[each.window]) for each in MEASURES.values()]


def test_the_scopes_are_the_codes() -> None:
    assert [row[0].strip("`") for row in table("| scope | each")] == list(PARTS)


def test_the_headers_are_the_codes() -> None:
    shown = {name for row in table("| header | value") for name in re.findall(r"`([\w-]+)`", row[0])}
    meters = [Meter(claim(5), 1, 1), Meter(claim(5, word="tpm"), 1, 1)]
    assert shown == set(limit_headers("openai_chat", meters))


def test_what_happens_when_something_is_lost_is_the_codes() -> None:
    assert table("| lost | serves") == [[REDIS.dependency, REDIS.serves, REDIS.meanwhile, REDIS.afterwards]]


def test_its_codes_and_numbers_are_the_codes() -> None:
    for code in (MET, TOO_LARGE, CHANNELS_FULL):
        assert f"`{code}`" in GUIDE
    assert f"`assume_output`, {ASSUMED} unless" in GUIDE
    assert f"within {REDIS.answers_within:g} seconds" in GUIDE
    assert f"renews every {BEAT_SECONDS:g} seconds" in GUIDE
    assert f"lease is {STALE_SECONDS:g} seconds old" in GUIDE
