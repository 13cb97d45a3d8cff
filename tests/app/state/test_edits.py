"""What a channel changes: told with its place and what to write instead, and kept as it was written."""

from pathlib import Path
from typing import Any

import pytest

from app.secrets import Secrets
from app.state.check import check
from app.state.model import ChannelSpec
from app.state.read import read_state
from app.state.snapshot import Snapshot


def problems(tmp_path: Path, words: str) -> list[str]:
    file = tmp_path / "state.yaml"
    file.write_text(f"channels:\n  - name: c\n    vendor: echo\n    {words}\n")
    return [str(problem).removeprefix(f"{file}:") for problem in check(read_state(file, {}), Snapshot(), Secrets("tests"))]


ROWS: list[tuple[str, str]] = [
    ("model_mapping: {a: b, b: a}", "4:21: channels[0].model_mapping.a: this chain never ends: a -> b -> a"),
    ("model_mapping: {a: 'b*'}", "4:24: channels[0].model_mapping.a: there is no * in the model asked for"),
    ("param_override: {temperature: 0, stream: true}", "4:38: channels[0].param_override.stream: 'stream' cannot be changed"),
    ("param_override: {operations: [{mode: sett, path: a}]}",
     "4:42: channels[0].param_override.operations[0].mode: no mode is called 'sett', did you mean 'set'?"),
    ("param_override: {operations: [{mode: set, value: 1}]}",
     "channels[0].param_override.operations[0].path: the field 'path' is missing"),
    ("param_override: {operations: [{mode: delete, path: a..b}]}",
     "4:56: channels[0].param_override.operations[0].path: expected a path such as"),
    ("param_override: {operations: [{mode: delete, pth: a}]}",
     "4:50: channels[0].param_override.operations[0].pth: 'delete' knows no 'pth', did you mean 'path'?"),
    ("param_override: {operations: [{mode: to_lower, path: a, conditions: [{path: b, mode: gt, value: x}]}]}",
     "4:101: channels[0].param_override.operations[0].conditions[0].value: 'gt' compares numbers"),
    ("param_override: {operations: [{mode: regex_replace, path: a, from: '('}]}",
     "channels[0].param_override.operations[0].from: not a regular expression"),
    ("param_override: '{\"stream\": true}'", "4:5: channels[0].param_override: 'stream' cannot be changed"),
    ("header_override: {authorization: Bearer sk-1}",
     "4:38: channels[0].header_override.authorization: 'authorization' can only hold the channel's own key"),
    ("header_override: {X-A: a, cookie: b}", "4:31: channels[0].header_override.cookie: the header 'cookie' cannot be set"),
    ("header_override: {x-a: '{client_header:Authorization}'}",
     "4:28: channels[0].header_override.x-a: the caller's header 'authorization' never goes to a vendor"),
    ("status_code_mapping: {429: 200}", "4:32: channels[0].status_code_mapping.429: expected the status of an error"),
    ("options: {system_promt: x}",
     "4:15: channels[0].options.system_promt: unknown option 'system_promt', did you mean 'system_prompt'?"),
    ("options: {region: eu}", "4:15: channels[0].options.region: unknown option 'region'; known are system_prompt, "),
    ("options: {model_suffixes: high}", "4:31: channels[0].options.model_suffixes: expected true or false"),
    ("options: {strip_fields: [store, model]}", "4:37: channels[0].options.strip_fields[1]: 'model' cannot be stripped"),
]  # fmt: skip


@pytest.mark.parametrize(("words", "said"), ROWS)
def test_a_mistake_is_told_with_its_place(tmp_path: Path, words: str, said: str) -> None:
    [problem] = problems(tmp_path, words)
    assert said in problem
    assert problem.startswith(said) or not said[0].isdigit()


def test_what_a_header_holds_is_never_told(tmp_path: Path) -> None:
    assert "sk-1" not in "".join(problems(tmp_path, "header_override: {authorization: sk-1, x-a: {b: sk-1}, x-b: 'sk-1 \\n'}"))


def test_new_apis_json_texts_are_taken(tmp_path: Path) -> None:
    words = """model_mapping: '{"a": "b"}'
    param_override: '{"temperature": 0}'
    header_override: '{"*": true}'
    status_code_mapping: '{"429": "503"}'"""
    file = tmp_path / "state.yaml"
    file.write_text(f"channels:\n  - name: c\n    vendor: echo\n    {words}\n")
    columns = read_state(file, {}).channels[0].columns()
    assert columns["model_mapping"] == {"a": "b"}
    assert columns["param_override"] == {"temperature": 0}
    assert columns["header_override"] == {"*": True}
    assert columns["status_code_mapping"] == {"429": 503}


@pytest.mark.parametrize(
    ("word", "written"),
    [
        ("param_override", {"operations": [{"mode": "set", "path": "a", "value": 1, "conditions": {"model": "m"}}]}),
        ("header_override", {"X-Team": "{client_header:x-team}", "user-agent": None}),
        ("options", {"system_prompt": "P", "strip_fields": ["store"]}),
    ],
)
def test_what_is_kept_is_what_was_written(word: str, written: Any) -> None:
    spec = ChannelSpec.model_validate({"name": "c", "vendor": "echo", word: written})
    assert spec.columns()[word] == written


LIMITS: list[tuple[str, str]] = [
    ("channels: [{name: c, vendor: echo, limits: {rmp: 5}}]",
     "1:45: channels[0].limits.rmp: a limit knows no 'rmp', did you mean 'rpm'?"),
    ("users: [{username: u, limits: {rpm: 0}}]",
     "1:37: users[0].limits.rpm: must be at least 1: to allow nothing, disable it instead"),
    ("groups: [{name: g, limits: {tpm: 1.5}}]", "1:34: groups[0].limits.tpm: expected an integer, or `unlimited`"),
    ("users: [{username: u}]\ntokens: [{name: t, user: u, limits: 5}]", "2:37: tokens[0].limits: expected a mapping, got 5"),
    ("users: [{username: u, limits: {}}]", ""),
    ("users: [{username: u, limits: {rpm: unlimited, concurrent: 5}}]", ""),
]  # fmt: skip


@pytest.mark.parametrize(("written", "said"), LIMITS)
def test_limits_are_read_when_they_are_declared(tmp_path: Path, written: str, said: str) -> None:
    file = tmp_path / "state.yaml"
    file.write_text(written)
    found = [str(problem).removeprefix(f"{file}:") for problem in check(read_state(file, {}), Snapshot(), Secrets("tests"))]
    assert found == ([said] if said else [])
