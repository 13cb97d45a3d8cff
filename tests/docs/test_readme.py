"""The README, followed from top to bottom on a gateway that runs: what a stranger pastes does what the page says."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from pipeline.stages import BUILTIN
from tests.docs.pages import ROOT, Page
from tests.support.chat import completion, request
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.standin import StandIn, json_answer

README = Page("README.md")
STATE, CONFIG, STAGE_CONFIG = README.code("yaml")
SDK, STAGE, VENDOR_ROW = README.code("python")
[VENDOR_LINE] = re.findall(r'`("\w+": "providers\.vendors\.\w+",)`', README.prose)
COMMANDS = re.findall(r"^\.venv/bin/(aihub .*?)(?: +#.*)?$", "\n".join(README.code("sh")), re.MULTILINE)
[CURL] = [code for code in README.code("sh") if code.startswith("curl")]
HELLO = "Hello, AiHub"
VENDORS_KEY = "sk-openai-canary"


@pytest.fixture(scope="module")
async def llama() -> AsyncIterator[StandIn]:
    """The server at the README's address of a local one."""
    server = StandIn()
    await server.start()
    server.on("llama3.2", json_answer(completion("I am the llama", "llama3.2")))
    yield server
    await server.stop()


@pytest.fixture(scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    """As `make run` starts it, which tests/e2e/test_run.py looks at: with an empty database. Only it waits for nobody."""
    config = {"routing": {"max_retry_wait": 0}}
    async with running_gateway(tmp_path_factory.mktemp("readme"), config, None, OPENAI_API_KEY=VENDORS_KEY) as running:
        yield running


@pytest.fixture(scope="module")
async def first_key(gateway: RunningGateway) -> str:
    async with asyncio.timeout(10):
        while not (found := re.findall(r"sk-\w{30,}", gateway.log())):
            await asyncio.sleep(0.05)
    return found[0]


@pytest.fixture(scope="module")
async def alices_key(gateway: RunningGateway, llama: StandIn) -> str:
    """Declares what the README declares."""
    (gateway.directory / "state.yaml").write_text(STATE.replace("http://127.0.0.1:11434/v1", llama.base_url))
    dry, applied, tried = [await gateway.aihub(*command.split()[1:]) for command in COMMANDS[:3]]
    assert [code for code, _, _ in (dry, applied, tried)] == [0, 0, 0], (dry, applied, tried)
    assert "would create channel openai\n" in dry[1]
    assert "created channel openai\n" in applied[1]
    assert "I am the llama" in tried[1]
    return re.findall(r"sk-\w{30,}", applied[1])[0]


async def run(gateway: RunningGateway, key: str, *command: str) -> str:
    """What a command of the page prints, with this gateway's address and key in it."""
    words = [word.replace("http://127.0.0.1:8080", gateway.url).replace("sk-…", key) for word in command]
    process = await asyncio.create_subprocess_exec(*words, stdout=asyncio.subprocess.PIPE)
    out, _ = await process.communicate()
    assert process.returncode == 0
    return out.decode()


async def reloaded(gateway: RunningGateway, config: str) -> list[str]:
    """The stages that are in force after the file was written."""
    logged = len(gateway.log())
    (gateway.directory / "aihub.yaml").write_text(config)
    async with asyncio.timeout(10):
        while "the configuration was reloaded" not in gateway.log()[logged:]:
            await asyncio.sleep(0.05)
    async with httpx.AsyncClient(base_url=gateway.url) as client:
        stages: list[str] = (await client.get("/api/status")).json()["stages"]
    return stages


async def ask(gateway: RunningGateway, key: str, body: dict[str, Any]) -> tuple[int, Any]:
    async with httpx.AsyncClient(base_url=gateway.url, headers={"authorization": f"Bearer {key}"}) as client:
        reply = await client.post("/v1/chat/completions", json=body)
    return reply.status_code, reply.json()


async def test_the_curl_is_answered(gateway: RunningGateway, first_key: str) -> None:
    assert HELLO in await run(gateway, first_key, "bash", "-c", CURL)


async def test_the_sdk_needs_nothing_but_address_and_key(gateway: RunningGateway, first_key: str) -> None:
    assert await run(gateway, first_key, sys.executable, "-c", SDK) == HELLO + "\n"


async def test_echo_rehearses_trouble_as_the_page_says(gateway: RunningGateway, first_key: str) -> None:
    [model] = re.findall(r'"model": "(echo:[^"]+)"', README.prose)
    assert (await ask(gateway, first_key, request(model.replace("stall=2", "stall=0"))))[0] == 503


async def test_what_is_declared_can_be_called(gateway: RunningGateway, alices_key: str) -> None:
    status, answer = await ask(gateway, alices_key, request("llama3.2"))
    assert (status, answer["choices"][0]["message"]["content"]) == (200, "I am the llama")


async def test_no_secret_of_the_state_file_is_in_the_database_or_the_log(gateway: RunningGateway, alices_key: str) -> None:
    stored = b"".join(file.read_bytes() for file in gateway.directory.glob("aihub.db*"))
    assert VENDORS_KEY.encode() not in stored
    assert alices_key.encode() not in stored
    assert VENDORS_KEY not in gateway.log()


async def test_the_pipeline_is_accepted_shown_and_in_force(gateway: RunningGateway, alices_key: str, llama: StandIn) -> None:
    assert await reloaded(gateway, CONFIG) == list(BUILTIN)
    checked, shown = [await gateway.aihub(*command.split()[1:]) for command in COMMANDS[3:]]
    assert (checked[0], shown[0]) == (0, 0)
    assert await ask(gateway, alices_key, request("gpt-4")) == (200, completion("I am the llama", "llama3.2"))
    assert llama.received[-1].headers["x-team"] == "research"


async def test_the_stage_acts(gateway: RunningGateway, first_key: str) -> None:
    (gateway.directory / "max_messages.py").write_text(STAGE)
    assert await reloaded(gateway, STAGE_CONFIG) == ["auth", "max_messages"]
    message = {"role": "user", "content": HELLO}
    assert (await ask(gateway, first_key, {"model": "echo", "messages": [message] * 50}))[0] == 200
    status, refusal = await ask(gateway, first_key, {"model": "echo", "messages": [message] * 51})
    assert (status, refusal["error"]["code"]) == (400, "too_many_messages")


def test_no_block_is_left_out() -> None:
    assert {kind for kind, _ in README.blocks} == {"sh", "yaml", "python"}
    assert [command.split()[1] for command in COMMANDS] == ["apply", "apply", "channel", "check", "show"]
    lines = [line for block in README.code("sh") if block != CURL for line in block.splitlines()]
    assert [line for line in lines if not line.startswith((".venv/bin/aihub ", "make "))] == []


def test_the_vendor_is_the_one_in_the_repository() -> None:
    assert VENDOR_ROW in (ROOT / "providers/vendors/openai.py").read_text()
    assert VENDOR_LINE in (ROOT / "providers/registry.py").read_text()


def test_its_make_targets_exist() -> None:
    targets = re.findall(r"\bmake (\w+)", README.text)
    assert targets
    assert set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(), re.MULTILINE)) >= set(targets)


def test_its_picture_shows_stages_that_there_are_in_their_order() -> None:
    drawn = re.findall(r'class="stage"[^>]*>(\w+)<', (ROOT / "docs/aihub.svg").read_text())
    assert drawn == [name for name in BUILTIN if name in drawn]
    assert len(drawn) > 4


def test_a_stranger_reads_it_in_one_sitting() -> None:
    assert README.text.count("\n") <= 180


def test_the_files_it_names_are_there() -> None:
    named = re.findall(r"`((?:pipeline|providers|app|admin_ui)/[\w/.]*)`", README.prose)
    assert named
    assert [name for name in named if not Path(ROOT, name).exists()] == []
