"""The stage author's guide: its blocks run, and its table is the engine's."""

import ast
import re
import sys
import tomllib
from pathlib import Path

import pytest

from app.config.load import load_settings
from app.config.lookup import GROUP
from app.config.settings import Timeouts
from app.config.stages import check, compile_stages
from pipeline.compile import hook_problems
from pipeline.flow import Flow, Reply, Route
from pipeline.stage import HOOKS
from pipeline.testing import Playbook, memory_ports, reply, stream
from pipeline.time_limit import TIMED
from tests.app.config.packages import install

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "stages.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
FILES = {code.partition("\n")[0][2:]: code for kind, code in BLOCKS if kind == "python" and code.startswith("# ")}
SCRIPTS = [code for kind, code in BLOCKS if kind == "python" and not code.startswith("# ")]
YAMLS = [code for kind, code in BLOCKS if kind == "yaml"]
[TOML] = [code for kind, code in BLOCKS if kind == "toml"]
BODY = {"model": "m", "messages": []}

GREETINGS = [{"greeting": "good morning"}, {"greeting": "hi", "second": "good day", "third": "hello"}]
"""What the stages of each list say, by their names."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the guide's files, importable."""
    for name, code in FILES.items():
        (tmp_path / name).write_text(code)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for name in FILES:
        monkeypatch.delitem(sys.modules, name.removesuffix(".py"), raising=False)
    return tmp_path


def stage_of(name: str) -> type:
    namespace: dict[str, object] = {"__name__": "guide"}
    exec(FILES[name], namespace)
    return next(
        made for made in namespace.values() if isinstance(made, type) and made.__module__ == "guide" and not hook_problems(made)
    )


def test_the_table_has_every_hook_with_its_arguments_and_direction() -> None:
    rows = re.findall(r"^\| `(\w+)\((.*?)\)` \| (\w+) \|", GUIDE, re.MULTILINE)
    assert rows == [(hook.name, ", ".join(hook.arguments), "down" if hook.down else "up") for hook in HOOKS.values()]


@pytest.mark.parametrize("name", FILES)
def test_every_file_of_the_guide_is_a_stage(name: str) -> None:
    assert stage_of(name)


@pytest.fixture
def installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guide's first file as the package that the guide's entry points announce."""
    [announced] = tomllib.loads(TOML)["project"]["entry-points"].values()
    module = "acme_stages/greeting"
    (folder / "site" / "acme_stages").mkdir(parents=True)
    install(folder / "site", monkeypatch, "acme-stages", announced, {module: FILES["greeting.py"]})


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("text", "greetings"), list(zip(YAMLS, GREETINGS, strict=True)))
async def test_the_stages_of_its_lists_are_found_and_act(folder: Path, text: str, greetings: dict[str, str]) -> None:
    (folder / "aihub.yaml").write_text(text)
    assert [str(problem) for problem in check(None, {})] == []
    pipeline = compile_stages(load_settings(None, {}))
    assert pipeline.names == ("auth", *greetings)
    for name, stage in pipeline.stages[1:]:
        result = await Playbook.of([(name, stage)]).request(BODY)
        assert result.headers["x-greeting"] == greetings[name]


@pytest.mark.parametrize("number", range(len(SCRIPTS)))
async def test_the_scripts_run(number: int, folder: Path) -> None:
    code = compile(SCRIPTS[number], "docs/stages.md", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    await eval(code, {})


def test_there_is_something_to_run() -> None:
    assert (len(FILES), len(SCRIPTS)) == (5, 1)


async def test_a_note_carries_the_time_from_request_to_response() -> None:
    result = await Playbook(stage_of("stopwatch.py")()).request(BODY)
    assert re.fullmatch(r"\d+\.\d{3}", result.headers["x-seconds"])


async def test_a_call_without_a_body_comes_by_request_but_not_by_admit() -> None:
    class Reader:
        async def request(self, flow: Flow) -> None:
            await flow.body()

    async def models(_: Flow) -> Reply:
        return Reply(200)

    route = Route("openai_chat", "models", model_in="none")
    curfew, reader = (Playbook(stage, local={"models": models}) for stage in (stage_of("curfew.py")(), Reader()))
    assert [(await play.request(route=route)).status for play in (curfew, reader)] == [200, 400]
    assert curfew.hooks == []


async def test_a_reply_is_edited_be_it_whole_or_a_stream() -> None:
    play = Playbook(stage_of("no_fingerprint.py")())
    value = {"id": "1", "system_fingerprint": "fp"}
    play.upstream(stream([b": hi\n\n", value]), reply(value))
    assert [event.data for event in (await play.request(BODY, stream=True)).events] == [b"", b'{"id":"1"}', b"[DONE]"]
    assert (await play.request(BODY)).body == b'{"id":"1"}'


def test_its_ports_are_those_that_there_are() -> None:
    rows = re.findall(r"^\| `(\w+)` \| ", GUIDE.partition("## Ports")[2].partition("## ")[0], re.MULTILINE)
    assert rows == list(vars(memory_ports()))


def test_the_time_that_a_hook_has_and_the_hooks_that_are_waited_for_are_the_codes() -> None:
    told = GUIDE.partition("## Taking time")[2].partition("## ")[0]
    assert f"`routing.timeouts.stage` ({Timeouts().stage:g})" in told
    assert set(HOOKS) - TIMED - {"start", "stop"} == set(re.findall(r"`(\w*done)`", told))


def test_the_entry_point_group_is_the_one_that_is_looked_up() -> None:
    assert list(tomllib.loads(TOML)["project"]["entry-points"]) == [GROUP]
