"""The operator's guide: its tables are the code's, row by row."""

from collections.abc import Iterator
from typing import Any

import click
import httpx
import pytest
import yaml
from pydantic import RootModel
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from app import cli
from app.config.load import load_settings
from app.config.overrides import ELSEWHERE, variables
from app.config.problems import ConfigError
from app.config.settings import Seconds, Settings, Wait
from app.reload import FIXED
from app.secrets import FILE, SHORTEST, VARIABLE
from app.state.model import ChannelSpec, GroupSpec, KeySpec, PriceSpec, State, TokenSpec, UserSpec
from pipeline.retry import Failure, Verdict, verdict
from pipeline.stages import DEFAULT
from pipeline.stages.auth import KEY_HEADERS
from providers import failures, registry
from providers.vendors.echo_script import Script
from tests.docs.pages import ROOT, Page, names
from tests.pipeline.stages.test_builtin import stage_class

GUIDE = Page("docs/operators-guide.md")
SPECS: dict[str, Any] = {
    "channel": ChannelSpec,
    "key": KeySpec,
    "group": GroupSpec,
    "user": UserSpec,
    "token": TokenSpec,
    "price": PriceSpec,
}


REQUIRED = "has no default"


def value(cell: str) -> Any:
    """What a cell says in YAML."""
    [text] = names(cell)
    return yaml.safe_load(text)


def test_the_table_of_settings_is_the_settings() -> None:
    rows = [(*names(setting), *names(variable), value(default)) for setting, variable, default, *_ in GUIDE.table("Settings")]
    defaults = to_jsonable_python(Settings())
    known = [(".".join(map(str, where)), variable, _at(defaults, where)) for variable, where, _ in variables()]
    assert rows == [(setting, *[variable] * (default != {}), default) for setting, variable, default in known]


def test_only_mappings_have_no_variable() -> None:
    without = [names(setting)[0] for setting, variable, *_ in GUIDE.table("Settings") if not variable]
    for setting in without:
        with pytest.raises(ConfigError, match="expected a mapping"):
            load_settings(None, {f"AIHUB_{setting.replace('.', '_').upper()}": "{a: [b]}"})
    assert without == ["routing.fallbacks"]


def test_every_time_has_its_unit() -> None:
    in_seconds = {setting for setting, *_, unit, _ in GUIDE.table("Settings") if unit == "seconds"}
    assert in_seconds == {f"`{'.'.join(where)}`" for where in _fields_in_seconds(Settings, ())}


def test_the_variables_that_are_no_settings_are_named() -> None:
    named = [variable for variable in ELSEWHERE if f"`{variable}`" in GUIDE.section("Settings")]
    assert set(ELSEWHERE) - set(named) == {"AIHUB_RECORDINGS", "AIHUB_KEY"}, "what tests and clients read is not the operator's"


def test_what_a_reload_cannot_change_is_what_needs_a_restart() -> None:
    _, reloaded, restarted, _ = [names(what) for what, _ in GUIDE.table("Reload, restart, drain")]
    assert (restarted, reloaded) == (list(FIXED), [name for name in Settings.model_fields if name not in FIXED])


def test_the_commands_are_those_that_help_lists() -> None:
    group = cli.Commands()
    context = click.Context(group)
    listed = {name: group.get_command(context, name) for name in cli.COMMANDS}
    helped = {f"`aihub {name}`": command.get_short_help_str(200) for name, command in listed.items() if command is not None}
    assert dict(GUIDE.table("Commands")) == helped


def test_the_stages_are_the_default_ones_with_their_options() -> None:
    rows = [(*names(stage), options) for stage, options, _ in GUIDE.table("Stages")]
    assert rows == [(name, _options(stage_class(name))) for name in DEFAULT]


@pytest.mark.parametrize("section", SPECS)
def test_every_word_of_the_state_file_has_its_row_and_its_default(section: str) -> None:
    rows = [
        (*names(word), _plain(value(default)) if default else REQUIRED) for word, default, _ in GUIDE.table(_heading(section))
    ]
    assert rows == [(word, _plain(_default(field))) for word, field in SPECS[section].model_fields.items()]


def test_every_section_of_the_state_file_is_described() -> None:
    assert {f"{section}s" for section in SPECS} - {"keys"} == set(State.model_fields)


def test_a_key_may_be_where_the_table_says() -> None:
    places = [names(where)[0] for where, _ in GUIDE.table("Keys and secrets")]
    assert places == ["Authorization: Bearer", *KEY_HEADERS, "?key="]


def test_a_failure_has_the_verdict_that_the_table_says() -> None:
    said = {}
    for what, said_verdict, _ in GUIDE.table("Routing and retries"):
        for status in [] if "stream_options" in what else _statuses(what):
            said[status] = names(said_verdict)[0]
    openai = registry.get("openai")
    found = {status: verdict(failures.from_status(status, httpx.Headers(), b"", openai)).value for status in said}
    assert said == found
    assert len(said) > 10
    assert verdict(Failure("no connection")) is Verdict.NEXT


def test_every_verdict_is_in_the_table() -> None:
    assert {names(each)[0] for _, each, _ in GUIDE.table("Routing and retries")} == {each.value for each in Verdict}


def test_the_words_of_the_echo_are_its_script_s() -> None:
    below = GUIDE.section("Routing and retries").partition("| word |")[2]
    assert [names(line)[0] for line in below.splitlines() if line.startswith("| `")] == list(Script.__dataclass_fields__)


def test_the_secret_and_the_image_are_as_described() -> None:
    files = dict(row for row in GUIDE.table("Install"))
    assert f"`{VARIABLE}`" in files[f"`{FILE}`"]
    assert f"at least {SHORTEST} characters" in files[f"`{FILE}`"]
    containerfile = (ROOT / "Containerfile").read_text()
    assert all(line in containerfile for line in ("USER 10001", "EXPOSE 8080", "VOLUME /data"))


def _at(value: Any, where: tuple[Any, ...]) -> Any:
    for step in where:
        value = value[step]
    return value


def _fields_in_seconds(model: Any, at: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for name, field in model.model_fields.items():
        if hasattr(field.annotation, "model_fields"):
            yield from _fields_in_seconds(field.annotation, (*at, name))
        elif model.__annotations__[name] in (Seconds, Wait):
            yield (*at, name)


def _options(stage: type) -> str:
    config = getattr(stage, "Config", None)
    if config is None:
        return ""
    return "any" if issubclass(config, RootModel) else ", ".join(f"`{name}`" for name in config.model_fields)


def _heading(section: str) -> str:
    return f"Words of a {section}"


def _default(field: FieldInfo) -> Any:
    return REQUIRED if field.is_required() else to_jsonable_python(field.get_default(call_default_factory=True))


def _plain(default: Any) -> Any:
    """A ratio is kept as text; a file has it as a number."""
    return str(default) if isinstance(default, int | float) and not isinstance(default, bool) else default


def _statuses(what: str) -> Iterator[int]:
    for word in what.replace(",", " ").split():
        if word == "5xx":
            yield from (500, 502, 503, 504, 529)
        elif word.isdecimal():
            yield int(word)
