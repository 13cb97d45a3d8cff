from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from app.cli.show import WIDTH, calling_order, hook_table, show
from pipeline.compile import Pipeline
from pipeline.stage import HOOKS


class Both:
    async def request(self, flow: object) -> None: ...

    async def response(self, flow: object, reply: object) -> None: ...


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_each_hook_lists_its_stages_in_calling_order() -> None:
    pipeline = Pipeline([("one", Both()), ("two", Both())])
    lines = {line.split()[0]: line for line in hook_table(pipeline)}
    assert list(lines) == list(HOOKS)
    assert lines["request"].split() == ["request", "↓", "one", "↓", "two"]
    assert lines["response"].split() == ["response", "↑", "two", "↑", "one"]
    assert lines["done"].split() == ["done", "↑", "-"]


def test_a_long_pipeline_wraps_between_stages_at_80_columns() -> None:
    names = [f"a-rather-long-stage-{number}" for number in range(12)]
    pipeline = Pipeline([(name, Both()) for name in names])
    lines = hook_table(pipeline)
    assert max(map(len, lines)) <= WIDTH
    request = "\n".join(lines).partition("request ")[2].partition("admit")[0]
    assert request.split()[1::2] == names
    assert all(line.split()[0] == "↓" for line in request.splitlines() if line.strip())


def test_the_table_and_its_json_say_the_same() -> None:
    text = CliRunner().invoke(show)
    data = CliRunner().invoke(show, ["--json"])
    assert (text.exit_code, data.exit_code) == (0, 0)
    table = orjson.loads(data.stdout)
    assert table["request"] == ["auth", "ip_allowlist", "model_limits", "mapping"]
    assert list(table) == list(calling_order(Pipeline()))
    [line] = [line for line in text.stdout.splitlines() if line.startswith("request ")]
    assert [word for word in line.split()[1:] if word != "↓"] == table["request"]


def test_a_file_with_problems_is_not_shown(folder: Path) -> None:
    (folder / "aihub.yaml").write_text("pipeline: [auht]")
    result = CliRunner().invoke(show)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "aihub.yaml:1:12: pipeline[0]: no stage is called 'auht'" in result.stderr
