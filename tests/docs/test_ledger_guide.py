"""The page about ledger and log: its commands run as they stand, and its tables are the code's."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest
import yaml

from app.config.settings import Log, Settings
from app.db.ledger import GRANTS, SALES
from app.stores.ledger.invariants import INVARIANTS
from app.stores.ledger.keeper import BEAT_SECONDS, STALE_SECONDS
from app.stores.ledger.opened import SPOOL
from app.stores.ledger.operations import LOST
from app.stores.log.writer import MOST_WAITING
from pipeline.billing.record import MOST_TAGS, TAGS_HEADER
from pipeline.record import TYPES
from pipeline.stages.content_log import MOST_BYTES
from tests.docs.pages import Page, names
from tests.support.chat import request
from tests.support.gateway import AIHUB, RunningGateway, running_gateway

GUIDE = Page("docs/ledger.md")
KEY = "sk-alice-of-the-guide"
STATE: dict[str, Any] = {
    "users": [{"username": "alice", "balance_usd": 5}],
    "tokens": [{"name": "laptop", "user": "alice", "key": KEY}],
    "channels": [{"name": "echo", "vendor": "echo", "models": ["echo"]}],
    "prices": [{"model": "echo", "input": 1, "output": 2}],
}
[CREDIT, AUDIT, LOG] = GUIDE.code("sh")


@pytest.fixture(scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    """One call has been paid there."""
    directory: Path = tmp_path_factory.mktemp("ledger-guide")
    async with running_gateway(directory, {}, STATE) as running:
        async with httpx.AsyncClient(base_url=running.url, headers={"x-api-key": KEY}) as client:
            reply = await client.post("/v1/chat/completions", json=request("echo"))
        assert reply.status_code == 200
        yield running


async def run(gateway: RunningGateway, block: str) -> list[str]:
    """What each command of a block prints."""
    environ = gateway.environ | {"PATH": f"{AIHUB.parent}:{gateway.environ['PATH']}"}
    printed = []
    for command in block.splitlines():
        process = await asyncio.create_subprocess_shell(
            command, cwd=gateway.directory, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        out, err = await process.communicate()
        assert process.returncode == 0, command + err.decode()
        printed.append(out.decode())
    return printed


async def test_credit_is_given_once_and_taken_back(gateway: RunningGateway) -> None:
    given, taken, _, listed, page = await run(gateway, CREDIT)
    assert given.startswith("alice: the balance is 29.99")
    assert taken.startswith("alice: the balance is 27.49")
    assert ["invoice", "7"] in [line.split()[-2:] for line in listed.splitlines()]
    assert orjson.loads(page)["after"] is not None
    again = await run(gateway, CREDIT.splitlines()[0])
    assert again[0].startswith("alice: the balance is 27.49")


async def test_the_audit_is_clean(gateway: RunningGateway) -> None:
    _, found = await run(gateway, AUDIT)
    assert orjson.loads(found)["clean"] is True


async def test_the_log_tells_of_the_call(gateway: RunningGateway) -> None:
    everything, _, calls, by_model, by_hour = await run(gateway, LOG)
    assert "created channel echo" in everything
    assert [row["model"] for row in orjson.loads(calls)["rows"]] == ["echo"]
    assert by_model.splitlines()[1].split()[:2] == ["echo", "1"]
    assert [hour["requests"] for hour in orjson.loads(by_hour)] == [1]


def test_its_settings_are_the_defaults_but_for_the_format() -> None:
    [written] = GUIDE.code("yaml")
    assert Settings.model_validate(yaml.safe_load(written)).log == Log(format="json")


def test_the_types_are_the_code_s() -> None:
    assert [names(type_)[0] for type_, _ in GUIDE.table("The log")] == list(TYPES)


def test_the_invariants_are_those_that_the_audit_proves() -> None:
    assert [name for name, _ in GUIDE.table("Audit")] == list(dict.fromkeys(each.name for each in INVARIANTS))


def test_the_accounts_are_the_code_s() -> None:
    assert [names(account)[0] for account, _ in GUIDE.table("The ledger")] == ["user:", GRANTS, SALES]


@pytest.mark.parametrize(
    "said",
    [
        f"`{SPOOL}`",
        f"`{LOST}`",
        f"{MOST_WAITING:,} of them",
        f"{MOST_TAGS} words of the header `{TAGS_HEADER}`",
        f"{MOST_BYTES >> 10} KiB",
    ],
)
def test_the_numbers_and_names_are_the_code_s(said: str) -> None:
    assert said in " ".join(GUIDE.text.split())


def test_the_times_are_the_code_s() -> None:
    assert (BEAT_SECONDS, STALE_SECONDS) == (10, 30), "the page says: every ten seconds, half a minute"
