"""The operator's guide on a gateway that runs: its blocks are pasted as they stand, and its start-up errors are provoked."""

import asyncio
import importlib
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from litestar.testing import AsyncTestClient

from app.config.stages import check
from tests.docs.pages import Page, names
from tests.support.gateway import AIHUB, RunningGateway, clean_environ, free_port, run_aihub, running_gateway

GUIDE = Page("docs/operators-guide.md")
CONFIG, STATE = GUIDE.code("yaml")
TOKENS, BACKUP = GUIDE.code("sh")
[PLUGIN] = GUIDE.code("python")


@pytest.fixture(scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    """With what the guide's state file declares."""
    directory = tmp_path_factory.mktemp("guide")
    (directory / "state.yaml").write_text(STATE)
    async with running_gateway(directory, {}, None) as running:
        code, out, err = await running.aihub("apply", "-f", "state.yaml")
        assert code == 0, out + err
        yield running


@pytest.fixture(scope="module")
async def backup(gateway: RunningGateway) -> Path:
    """Where the guide's commands have put a backup."""
    await shell(gateway, BACKUP)
    return gateway.directory


async def shell(gateway: RunningGateway, script: str) -> str:
    """What a block of the page prints, in a shell that finds the `aihub` under test."""
    environ = gateway.environ | {"PATH": f"{AIHUB.parent}:{gateway.environ['PATH']}"}
    process = await asyncio.create_subprocess_exec(
        "bash",
        "-euc",
        script,
        cwd=gateway.directory,
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    out, _ = await process.communicate()
    assert process.returncode == 0, out.decode()
    return out.decode()


def test_its_configuration_has_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "aihub.yaml").write_text(CONFIG)
    assert [str(problem) for problem in check(tmp_path / "aihub.yaml", {})] == []


async def test_its_token_commands_make_list_and_disable_a_token(gateway: RunningGateway) -> None:
    out = await shell(gateway, TOKENS)
    [key] = re.findall(r"sk-\w{30,}", out)
    assert ["alice-phone", "alice", f"{key[:6]}…{key[-4:]}", "yes"] in [line.split()[:4] for line in out.splitlines()]
    async with httpx.AsyncClient(base_url=gateway.url, headers={"x-api-key": key}) as client, asyncio.timeout(5):
        while (await client.get("/v1/models")).status_code != 403:
            await asyncio.sleep(0.1)


async def test_a_backup_of_the_running_gateway_can_be_restored(backup: Path, tmp_path: Path) -> None:
    shutil.copy(backup / "backup.db", tmp_path / "aihub.db")
    shutil.copy(backup / "backup.secret", tmp_path / "aihub.secret")
    code, out, err = await run_aihub(tmp_path, clean_environ(), "token", "list")
    assert (code, "alice-laptop" in out) == (0, True), err


@pytest.mark.parametrize("path", [names(path)[0] for path, _ in GUIDE.table("Watching it")])
async def test_its_paths_answer_without_a_key(gateway: RunningGateway, path: str) -> None:
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        reply = await client.get(path)
    assert reply.status_code == 200
    assert not any(name in reply.text for name in ("alice", "llama", "sk-"))


async def test_the_plugin_serves_beside_routes_of_ones_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "app_of_my_own.py").write_text(PLUGIN)
    made = importlib.import_module("app_of_my_own")
    async with AsyncTestClient(made.app, base_url="http://testserver.local") as client:
        assert (await client.get("/mine")).text == "my own route"
        assert (await client.get("/v1/models")).status_code == 401


def _newer(directory: Path) -> None:
    with closing(sqlite3.connect(directory / "aihub.db")) as database, database:
        database.execute("UPDATE migration SET name = '2999-01-01T00:00:00:000000'")


def _config(text: str) -> Callable[[Path], object]:
    return lambda directory: (directory / "aihub.yaml").write_text(text)


# In the order of the table: what is done to a restored backup before it is started, and in which environment.
MISHAPS: list[tuple[Callable[[Path], object], dict[str, str]]] = [
    (lambda _: None, {"AIHUB_PORT": "that of the running gateway"}),
    (_config("pipeline: [model_limits]"), {"AIHUB_HOST": "0.0.0.0"}),
    (_config("server: {workers: 2}"), {}),
    (lambda _: None, {"AIHUB_SECRET_KEY": "not the one that it was made with"}),
    (lambda directory: (directory / "aihub.secret").unlink(), {}),
    (lambda directory: (directory / "aihub.secret").chmod(0o644), {}),
    (_newer, {}),
    (lambda _: None, {"AIHUB_DATABASE": "postgres://nobody@127.0.0.1:1/nothing"}),
]


@pytest.mark.parametrize("row", range(len(MISHAPS)))
async def test_what_serve_says_at_a_start_that_fails(row: int, gateway: RunningGateway, backup: Path, tmp_path: Path) -> None:
    said = re.findall(r"^\| `(.*?)` \|", GUIDE.section("Troubleshooting").partition("At the start:")[2], re.MULTILINE)
    assert len(said) == len(MISHAPS)
    shutil.copy(backup / "backup.db", tmp_path / "aihub.db")
    shutil.copy(backup / "backup.secret", tmp_path / "aihub.secret")
    prepare, variables = MISHAPS[row]
    prepare(tmp_path)
    port = str(gateway.port if "AIHUB_PORT" in variables else free_port())
    code, _, err = await run_aihub(tmp_path, clean_environ(**variables | {"AIHUB_PORT": port}), "serve")
    assert code in (1, 2)
    assert [part for part in said[row].split("…") if part not in err] == [], err
