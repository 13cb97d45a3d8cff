from pathlib import Path

import pytest

from app.config.load import load_settings
from app.config.problems import ConfigError
from app.config.settings import Settings
from app.config.stages import check, compile_stages
from pipeline.stages import DEFAULT
from tests.app.config.packages import install

STAGES = """\
from dataclasses import dataclass


class Greeting:
    @dataclass(frozen=True)
    class Config:
        text: str = "hello"

        def __post_init__(self):
            if self.text == "rude":
                raise ValueError("be polite")

    def __init__(self, config, ports):
        self.text = config.text
        self.callers = ports.callers

    async def response(self, flow, reply): ...


class Picky:
    class Config(Greeting.Config):
        pass

    def __init__(self, config):
        raise ValueError(f"cannot work with {config.text}")

    async def request(self, flow): ...


class Crashing:
    def __init__(self):
        raise RuntimeError("hunter2")

    async def request(self, flow): ...


class Careless:
    def __init__(self):
        from pydantic import TypeAdapter

        TypeAdapter(int).validate_python("hunter2")

    async def request(self, flow): ...


class Misspelt:
    async def reqest(self, flow): ...


class First:
    before = ("auth",)

    async def request(self, flow): ...
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(STAGES)
    return tmp_path


def problems(folder: Path, text: str, **environ: str) -> list[str]:
    (folder / "aihub.yaml").write_text(text)
    found = check(None, environ)
    return [str(problem).removeprefix("aihub.yaml:") for problem in found]


def test_no_list_gives_the_default_pipeline() -> None:
    assert compile_stages(load_settings(None, {})).names == DEFAULT
    assert check(None, {}) == []


def test_stages_of_every_origin_stand_in_the_order_of_the_list(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(folder / "site", monkeypatch, "acme", {"acme_pin": "acme_stages:Greeting"}, {"acme_stages": STAGES})
    (folder / "aihub.yaml").write_text(
        "pipeline:\n"
        "  - auth\n"
        "  - use: ./mine.py:Greeting\n"
        "    config: {text: hi}\n"
        "  - acme_pin: {text: pinned}\n"
        "  - use: acme_stages:Greeting\n"
        "    name: third\n"
    )
    pipeline = compile_stages(load_settings(None, {}))
    assert pipeline.names == ("auth", "greeting", "acme_pin", "third")
    assert [getattr(stage, "text", None) for _, stage in pipeline.stages] == [None, "hi", "pinned", "hello"]
    assert [name for name, _ in pipeline.table["response"]] == ["third", "acme_pin", "greeting"]


def test_settings_made_in_python_can_be_compiled() -> None:
    settings = Settings(pipeline=("auth", {"use": "./mine.py:Greeting"}))
    assert compile_stages(settings).names == ("auth", "greeting")
    with pytest.raises(ConfigError, match=r"settings: pipeline\[0\]: no stage is called 'auht', did you mean 'auth'"):
        compile_stages(Settings(pipeline=("auht",)))


@pytest.mark.parametrize(
    ("entries", "problem"),
    [
        ("- auht", "2:3: pipeline[0]: no stage is called 'auht', did you mean 'auth'?"),
        ("- auth\n- auth", "3:3: pipeline[1]: 'auth' is already in the list, on line 2"),
        ("- auth: {x: 1}", "2:9: pipeline[0].auth: 'auth' takes no options"),
        ("- use: nothing_there.stages:X", "2:3: pipeline[0]: cannot import nothing_there.stages: ModuleNotFoundError"),
        ("- use: ./mine.py:Greetings", "./mine.py has no class 'Greetings', did you mean 'Greeting'?"),
        (
            "- use: ./mine.py:Greeting\n  config: {txt: a}",
            "3:12: pipeline[0].config.txt: unknown field 'txt', did you mean 'text'?",
        ),
        ("- use: ./mine.py:Greeting\n  config: {text: rude}", "3:11: pipeline[0].config: be polite"),
        ("- use: ./mine.py:Picky", "2:3: pipeline[0]: cannot work with hello"),
        ("- use: ./mine.py:Crashing", "2:3: pipeline[0]: Crashing cannot be built: it raised RuntimeError"),
        ("- use: ./mine.py:Careless", "2:3: pipeline[0]: Careless cannot be built: it raised ValidationError"),
        ("- use: ./mine.py:Misspelt", "2:3: pipeline[0]: `reqest` is no hook and would never be called, did you mean `request`?"),
        ("- auth\n- use: ./mine.py:First", "3:3: pipeline[1]: `first` must stand above `auth`"),
    ],
)
def test_what_is_wrong_with_a_stage_is_told_at_its_place(folder: Path, entries: str, problem: str) -> None:
    [found] = problems(folder, f"pipeline:\n{entries}\n")
    assert problem in found
    assert "hunter2" not in found


def test_a_stage_s_own_words_are_cleared_of_secrets(folder: Path) -> None:
    text = "pipeline:\n- use: ./mine.py:Picky\n  config:\n    text: ${TEXT}\n"
    assert problems(folder, text, TEXT="hunter2") == ["2:3: pipeline[0]: cannot work with ${TEXT}"]


MISTAKES = """\
server: {host: 0.0.0.0, prot: 1}
pipeline:
  - auht
  - model_limits: {a: 1}
  - use: ./mine.py:Misspelt
  - use: ./mine.py:Greeting
    config: {text: 5}
  - model_limits
  - 7
redis: ${REDIS}
"""


def test_settings_and_stages_are_checked_in_one_go(folder: Path) -> None:
    assert [found.split(": ")[:2] for found in problems(folder, MISTAKES)] == [
        ["1:16", "server.host"],
        ["1:25", "server.prot"],
        ["3:5", "pipeline[0]"],
        ["4:19", "pipeline[1].model_limits"],
        ["5:5", "pipeline[2]"],
        ["7:20", "pipeline[3].config.text"],
        ["8:5", "pipeline[4]"],
        ["9:5", "pipeline[5]"],
        ["10:8", "redis"],
    ]


def test_a_file_that_is_not_yaml_is_one_problem(folder: Path) -> None:
    [found] = problems(folder, "a: b: c")
    assert found.startswith("1:5: not valid YAML: mapping values are not allowed")


def test_compiling_raises_every_problem_of_the_list(folder: Path) -> None:
    (folder / "aihub.yaml").write_text("pipeline:\n- auth\n- auht\n- zzz\n")
    settings = load_settings(None, {})
    with pytest.raises(ConfigError) as error:
        compile_stages(settings)
    assert [problem.line for problem in error.value.problems] == [3, 4]


def _timed(settings: Settings) -> dict[str, set[str]]:
    """By stage, the hooks whose time is watched."""
    timed: dict[str, set[str]] = {}
    for hook, bound in compile_stages(settings).table.items():
        for name, method in bound:
            if hasattr(method, "__wrapped__"):
                timed.setdefault(name, set()).add(hook)
    return timed


def test_the_time_of_stages_that_never_wait_is_not_watched(folder: Path) -> None:
    assert set(_timed(load_settings(None, {}))) <= {"auth", "rate_limit", "billing"}


def test_a_stage_of_one_s_own_is_watched_and_any_other_whose_entry_says_so(folder: Path) -> None:
    (folder / "aihub.yaml").write_text("pipeline: [{use: './mine.py:Greeting'}, {mapping: {}, timeout: 5}, ip_allowlist]")
    timed = _timed(load_settings(folder / "aihub.yaml", {}))
    assert timed == {"greeting": {"response"}, "mapping": {"request", "target"}}
