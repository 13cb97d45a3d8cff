from typing import Any

import pytest

from app.config.entries import Entry, read_entries, stage_names
from app.config.problems import Where
from pipeline.stages import DEFAULT
from tests.app.config.conftest import Write


@pytest.mark.parametrize(
    ("entry", "name", "use", "options", "options_at"),
    [
        ("auth", "auth", None, {}, ()),
        ("auth:", "auth", None, {}, ("auth",)),
        ("limit: {rpm: 1}", "limit", None, {"rpm": 1}, ("limit",)),
        ("limit: 5", "limit", None, 5, ("limit",)),
        ("use: acme.stages:RegionPin", "region_pin", "acme.stages:RegionPin", {}, ()),
        ("use: ./a.py:IPFilter2", "ip_filter2", "./a.py:IPFilter2", {}, ()),
        ("{use: m:C, name: mine, config: {a: 1}}", "mine", "m:C", {"a": 1}, ("config",)),
        ("{use: m:C, config: null}", "c", "m:C", {}, ()),
        ("{use: m:C, timeout: 2}", "c", "m:C", {}, ()),
        ("limit: {rpm: 1}\n  timeout: 2", "limit", None, {"rpm": 1}, ("limit",)),
        ("{timeout: 2, limit: null}", "limit", None, {}, ("limit",)),
        ("timeout: {rpm: 1}", "timeout", None, {"rpm": 1}, ("timeout",)),
    ],
)
def test_an_entry_names_a_stage_and_its_options(
    write: Write, entry: str, name: str, use: str | None, options: Any, options_at: Where
) -> None:
    entries, problems = read_entries(write(f"pipeline:\n- {entry}\n"))
    at = ("pipeline", 0)
    timeout = 2 if "timeout: 2" in entry else None
    assert (entries, problems) == ([Entry(name, at, options, (*at, *options_at), use, timeout)], [])


def test_no_list_means_the_default_stages(write: Write) -> None:
    entries, problems = read_entries(write("{}"))
    assert ([entry.name for entry in entries], problems) == (list(DEFAULT), [])
    assert read_entries(write("pipeline: []")) == ([], [])


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        ("5", "2:3: pipeline[0]: expected a stage: `- auth`"),
        ("[auth]", "2:3: pipeline[0]: expected a stage"),
        ("{}", "2:3: pipeline[0]: expected a stage"),
        ("mapping:\n  models: {}", "write `- models`, or indent 'models' to make it an option of 'mapping'"),
        ("use: acme.stages", "2:8: pipeline[0].use: expected module:Class or ./file.py:Class"),
        ("use: 'm:'", "pipeline[0].use: expected module:Class"),
        ("use: 5", "pipeline[0].use: expected text, got 5"),
        ("auth:\n  timeout: soon", "3:12: pipeline[0].timeout: expected a number, got 'soon'"),
        ("{auth: {}, timeout: 0}", "pipeline[0].timeout: must be greater than 0"),
        ("{use: m:C, timeout: -1}", "pipeline[0].timeout: must be greater than 0"),
        ("{use: m:C, confg: {}}", "2:14: pipeline[0].confg: unknown field 'confg', did you mean 'config'?"),
        ("{use: m:C, config: []}", "pipeline[0].config: expected a mapping, got a list"),
    ],
)
def test_an_entry_of_another_form_is_a_problem_and_the_rest_is_read(write: Write, entry: str, problem: str) -> None:
    document = write(f"pipeline:\n- {entry}\n- auth\n")
    _, [found] = read_entries(document)
    assert problem in str(found)
    assert stage_names(document) == {"auth"}
