"""The page on overrides: its examples do what its tables say, and its lists are the code's."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml

from app.config.stages import check
from app.state.model import ChannelSpec
from pipeline.catalog import Channel
from pipeline.channel_options.common import NAMES, read_common_options
from pipeline.compile import build
from pipeline.model_mapping import ModelMapping
from pipeline.overrides.conditions import MODES as CONDITIONS
from pipeline.overrides.edit import FACTS
from pipeline.overrides.header_override import read_header_override
from pipeline.overrides.operations import MODES
from pipeline.overrides.param_override import read_param_override
from pipeline.stages import BUILTIN
from pipeline.status_codes import read_status_codes
from pipeline.testing import Playbook, a_channel, memory_ports
from tests.pipeline.stages.test_builtin import stage_class

GUIDE = (Path(__file__).parents[2] / "docs" / "overrides.md").read_text()
BLOCKS = re.findall(r"^```yaml\n((?:(?!```)[^\n]*\n)+)```\n\n?((?:\|[^\n]*\n)*)", GUIDE, re.MULTILINE)
KEYS = orjson.OPT_NON_STR_KEYS
STAGES = ("mapping", "channel_options", "param_override", "header_override", "status_code_mapping")


def examples() -> Iterator[tuple[str, Any, Any, bool]]:
    """A channel's words, what is sent, what goes up, and whether these two are headers."""
    for written, table in BLOCKS:
        heading, *rows = table.splitlines() or [""]
        for row in rows[1:]:
            sent, goes_up = (orjson.loads(cell.strip(" `")) for cell in row.strip("|").split(" | "))
            yield written, sent, goes_up, "headers" in heading


def channel(written: str) -> Channel:
    """As `aihub apply` and the catalog would have it."""
    spec = ChannelSpec.model_validate_json(orjson.dumps({"name": "c", "vendor": "echo", **yaml.safe_load(written)}, None, KEYS))
    return replace(
        a_channel(),
        common=read_common_options(spec.options),
        model_mapping=ModelMapping(spec.model_mapping),
        param_override=read_param_override(spec.param_override),
        header_override=read_header_override(spec.header_override),
        status_code_mapping=read_status_codes(spec.status_code_mapping),
    )


def playbook(written: str) -> Playbook:
    made = []
    for name in STAGES:
        stage = stage_class(name)
        config = getattr(stage, "Config", None)
        made.append((name, build(stage, config and config.model_validate({}), memory_ports())))
    return Playbook.of(made, channels=[channel(written)])


@pytest.mark.parametrize(("written", "sent", "goes_up", "about_headers"), list(examples()))
async def test_an_example_does_what_its_table_says(written: str, sent: Any, goes_up: Any, about_headers: bool) -> None:
    play = playbook(written)
    await play.request({"model": "m"} if about_headers else sent, headers=sent if about_headers else None)
    [received] = play.sent
    headers = {name: value for name, value in received.headers.items() if name != "content-type"}
    assert (headers if about_headers else received.json()) == goes_up


def test_every_block_is_an_example_or_valid_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(list(examples())) >= 14
    for written, _ in BLOCKS:
        if written.startswith("pipeline:"):
            (tmp_path / "aihub.yaml").write_text(written)
            assert [str(problem) for problem in check(None, {})] == []
        else:
            assert channel(written)


def cells(heading: str) -> list[str]:
    """The names in the first column of the table that begins so."""
    table = GUIDE.partition(heading)[2].partition("\n\n")[0]
    return [
        name for row in table.splitlines() for name in re.findall(r"`(\w+)`", row.split("|")[1] if row.startswith("|") else "")
    ]


def test_the_lists_are_the_codes() -> None:
    assert cells("| mode | words | what it does |") == list(MODES)
    assert sorted(cells("| name | what it is |")) == sorted(FACTS)
    assert cells("| option | what it does |") == list(NAMES)
    assert cells("| stage | for everybody | for one channel | changes |") == [name for name in BUILTIN if name in STAGES]
    assert all(f"`{mode}`" in GUIDE.partition("### Conditions")[2] for mode in CONDITIONS)


def test_the_words_of_each_mode_are_the_codes() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ([\w, ]+) \|", GUIDE.partition("| mode | words |")[2].partition("\n\n")[0], re.MULTILINE)
    for mode, words in rows:
        fields = MODES[mode].model_fields.items()
        known = {field.alias or name for name, field in fields} - {"mode", "description", "conditions", "logic"}
        assert set(words.split(", ")) == known, mode
