"""What a newcomer does, and what he is told when it cannot be done."""

import asyncio
import os
import signal
import socket
import stat
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import openai
import pytest

from tests.support.gateway import AIHUB, RunningGateway, clean_environ, free_port, run_aihub, running_gateway


@pytest.fixture(scope="module")
async def first_run(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    async with running_gateway(tmp_path_factory.mktemp("first"), {}, None) as gateway:
        yield gateway


async def test_the_printed_curl_works_at_once(first_run: RunningGateway) -> None:
    command = (await first_run.banner()).partition("Try it:")[2]
    process = await asyncio.create_subprocess_shell(command.strip() + " --silent --fail", stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert process.returncode == 0
    assert b"Hello, AiHub" in out


async def test_the_printed_key_works_with_the_sdk(first_run: RunningGateway) -> None:
    key = await first_run.first_key()
    async with openai.AsyncOpenAI(base_url=first_run.url + "/v1", api_key=key, max_retries=0) as client:
        reply = await client.chat.completions.create(model="echo", messages=[{"role": "user", "content": "Hi"}])
    assert reply.choices[0].message.content == "Hi"


async def test_the_seeded_channel_serves_echo_models_only(first_run: RunningGateway) -> None:
    key = await first_run.first_key()
    async with httpx.AsyncClient(base_url=first_run.url, headers={"x-api-key": key}) as client:
        assert (await client.post("/v1/chat/completions", json={"model": "gpt-5", "messages": []})).status_code == 404


async def test_the_console_and_the_probes_answer_without_a_key(first_run: RunningGateway) -> None:
    async with httpx.AsyncClient(base_url=first_run.url) as client:
        page = await client.get("/console/")
        assert (page.status_code, "<title>AiHub</title>" in page.text) == (200, True)
        assert "default-src 'self'" in page.headers["content-security-policy"]
        assert (await client.get("/", follow_redirects=False)).headers["location"] == "/console/"
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/readyz")).status_code == 200
        assert (await client.get("/api/status")).json()["stages"][:3] == ["auth", "ip_allowlist", "model_limits"]


async def test_no_secret_can_be_read_by_others(first_run: RunningGateway) -> None:
    for name in ("aihub.secret", "aihub.db"):
        assert stat.S_IMODE((first_run.directory / name).stat().st_mode) == 0o600


async def test_a_second_start_shows_no_secret_and_makes_none(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, {}, None) as first:
        key = await first.first_key()
    async with running_gateway(tmp_path, {}, None) as second:
        assert "sk-" not in await second.banner()
        assert "password" not in second.log()
        async with httpx.AsyncClient(base_url=second.url, headers={"x-api-key": key}) as client:
            assert (await client.get("/v1/models")).status_code == 200


async def test_a_database_that_apply_made_is_not_seeded(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, {}, {"users": [{"username": "alice"}]}) as gateway:
        assert "password" not in await gateway.banner()
        _, out, _ = await gateway.aihub("token", "list")
        assert "first" not in out


async def refusal(directory: Path, config: str, **variables: str) -> tuple[int, str]:
    (directory / "aihub.yaml").write_text(config)
    code, _, err = await run_aihub(directory, clean_environ(AIHUB_PORT=str(free_port()), **variables), "serve")
    assert "Traceback" not in err
    return code, err


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ("server: {host: 0.0.0.0}\npipeline: [model_limits]\n", "aihub.yaml:1:16: server.host: a public bind without auth"),
        ("server: {workers: 2}\n", "aihub.yaml:1:19: server.workers: "),
        ("server: {prot: 1}\n", "unknown field 'prot', did you mean 'port'?"),
        ("pipeline: [auht]\n", "did you mean 'auth'?"),
        ("database: mysql://root@localhost/x\n", "aihub.yaml:1:11: database: expected sqlite:///FILE"),
        ("database: ${NOT_SET_ANYWHERE}\n", "NOT_SET_ANYWHERE"),
    ],
)
async def test_a_configuration_that_cannot_be_served_is_refused_with_the_reason(tmp_path: Path, config: str, said: str) -> None:
    code, err = await refusal(tmp_path, config)
    assert code == 2
    assert said in err


async def test_an_unreachable_database_is_named_without_its_password(tmp_path: Path) -> None:
    code, err = await refusal(tmp_path, "database: postgres://me:hunter2hunter2@127.0.0.1:1/x\n")
    assert code != 0
    assert "127.0.0.1:1" in err
    assert "hunter2" not in err


async def test_a_port_in_use_is_said_and_not_shared(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environ = clean_environ(AIHUB_PORT=str(taken.getsockname()[1]))
        code, _, err = await run_aihub(tmp_path, environ, "serve")
    assert code == 1
    assert "Address already in use" in err
    assert "AIHUB_PORT" in err


async def test_a_directory_with_an_app_package_does_not_shadow_ours(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "__init__.py").write_text("raise SystemExit('the wrong app was imported')\n")
    async with running_gateway(tmp_path, {}, None) as gateway:
        assert "wrong app" not in await gateway.banner()


async def test_interrupting_the_server_ends_it_at_once(tmp_path: Path) -> None:
    environ = clean_environ(AIHUB_PORT=str(free_port()))
    process = await asyncio.create_subprocess_exec(
        AIHUB, "serve", cwd=tmp_path, env=environ, stdout=asyncio.subprocess.PIPE, start_new_session=True
    )
    assert process.stdout is not None
    async with asyncio.timeout(30):
        while b"Try it" not in await process.stdout.readline():
            continue
    os.killpg(process.pid, signal.SIGINT)
    async with asyncio.timeout(10):
        await process.wait()


async def test_a_running_gateway_follows_what_apply_and_the_commands_change(tmp_path: Path) -> None:
    declared = {"users": [{"username": "alice"}], "channels": [{"name": "echo", "vendor": "echo", "models": ["echo"]}]}
    async with running_gateway(tmp_path, {}, declared) as gateway, httpx.AsyncClient(base_url=gateway.url) as client:
        _, key, _ = await gateway.aihub("token", "create", "--user", "alice", "--name", "laptop")
        client.headers["x-api-key"] = key.strip()
        assert (await client.get("/v1/models/echo")).status_code == 200
        await gateway.aihub("token", "disable", "laptop")
        async with asyncio.timeout(5):
            while (reply := await client.get("/v1/models/echo")).status_code == 200:
                await asyncio.sleep(0.1)
        assert (reply.status_code, reply.json()["error"]["code"]) == (403, "token_disabled")
