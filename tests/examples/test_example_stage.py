"""The stage that readers copy: alone with the playbook, and as an operator would use it, by YAML."""

import logging
import shutil
from pathlib import Path

import pytest

import examples.stages.request_tag as example
from app.config.load import load_settings
from app.config.problems import ConfigError
from app.config.stages import check, compile_stages
from examples.stages.request_tag import RequestTag
from pipeline.compile import Pipeline
from pipeline.flow import Outcome
from pipeline.testing import Playbook, reply, status, stream
from pipeline.usage import Usage

BODY = {"model": "gpt-x", "messages": []}
USED = Usage(input=9, output=3)

pytestmark = pytest.mark.usefixtures("info")


@pytest.fixture
def info(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, logger=example.log.name)


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [record.getMessage() for record in caplog.records if record.name == example.log.name]


def played(**options: object) -> Playbook:
    return Playbook(RequestTag(RequestTag.Config.model_validate(options)))


async def test_a_tag_comes_back_and_is_logged_with_the_tokens(caplog: pytest.LogCaptureFixture) -> None:
    for answer, streaming in ((reply({}, usage=USED), False), (stream([{}], usage=USED), True)):
        caplog.clear()
        play = played()
        play.upstream(answer)
        result = await play.request(BODY, headers={"x-request-tag": "website"}, stream=streaming)
        assert (result.status, result.headers["x-request-tag"]) == (200, "website")
        assert lines(caplog) == ["flow req_test: tag website, model gpt-x, 9 tokens in, 3 out, completed"]


# The options, the request's headers, and the status with the code of a refusal.
ROWS: list[tuple[dict[str, object], dict[str, str], int, str | None]] = [
    ({}, {}, 200, None),
    ({}, {"x-request-tag": "a/b:c_d.e-1"}, 200, None),
    ({}, {"x-request-tag": "t" * 64}, 200, None),
    ({}, {"x-request-tag": "t" * 65}, 400, "invalid_tag"),
    ({}, {"x-request-tag": ""}, 400, "invalid_tag"),
    ({}, {"x-request-tag": "two words"}, 400, "invalid_tag"),
    ({"required": True}, {}, 400, "missing_tag"),
    ({"required": True}, {"x-request-tag": "t"}, 200, None),
    ({"header": "x-project", "required": True}, {"x-request-tag": "t"}, 400, "missing_tag"),
    ({"header": "x-project", "required": True}, {"x-project": "t"}, 200, None),
]


@pytest.mark.parametrize(("options", "headers", "expected", "code"), ROWS)
async def test_what_is_refused(options: dict[str, object], headers: dict[str, str], expected: int, code: str | None) -> None:
    result = await played(**options).request(BODY, headers=headers)
    assert result.status == expected
    assert code is None or result.json()["error"]["code"] == code


async def test_an_upstream_s_refusal_carries_the_tag_and_costs_no_log_line(caplog: pytest.LogCaptureFixture) -> None:
    play = played()
    play.upstream(status(400))
    result = await play.request(BODY, headers={"x-request-tag": "website"})
    assert (result.status, result.headers["x-request-tag"], lines(caplog)) == (400, "website", [])


async def test_tokens_used_for_a_caller_who_left_are_logged_too(caplog: pytest.LogCaptureFixture) -> None:
    play = played()
    play.upstream(reply({}, usage=USED))
    result = await play.request(BODY, headers={"x-request-tag": "website"}, leaves_after=0)
    assert result.flow.outcome is Outcome.CALLER_LEFT
    assert lines(caplog) == ["flow req_test: tag website, model gpt-x, 9 tokens in, 3 out, caller_left"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    assert example.__file__ is not None
    shutil.copy(example.__file__, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def from_yaml(folder: Path, options: str) -> Pipeline:
    (folder / "aihub.yaml").write_text(f"pipeline:\n  - auth\n  - use: ./request_tag.py:RequestTag\n    config: {options}\n")
    return compile_stages(load_settings(None, {}))


async def test_named_in_yaml_it_does_the_same(folder: Path) -> None:
    pipeline = from_yaml(folder, "{header: x-project, required: true}")
    assert pipeline.names == ("auth", "request_tag")
    [(_, stage)] = [named for named in pipeline.stages if named[0] == "request_tag"]
    play = Playbook.of([("request_tag", stage)])
    refused, served = await play.request(BODY), await play.request(BODY, headers={"X-Project": "website"})
    assert (refused.status, served.status, served.headers["x-project"]) == (400, 200, "website")


async def test_the_yaml_of_its_own_page_is_valid(folder: Path) -> None:
    assert example.__doc__ is not None
    block = next(part for part in example.__doc__.split("\n\n") if part.startswith("    pipeline:"))
    (folder / "aihub.yaml").write_text(block)
    assert [str(problem) for problem in check(None, {})] == []


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ("{haeder: x}", "unknown field 'haeder', did you mean 'header'?"),
        ("{required: maybe}", "aihub.yaml:4:"),
        ("{header: X Project}", "aihub.yaml:4:"),
    ],
)
def test_a_mistake_in_its_options_is_found_at_its_line(folder: Path, options: str, problem: str) -> None:
    with pytest.raises(ConfigError) as mistake:
        from_yaml(folder, options)
    assert problem in str(mistake.value)
