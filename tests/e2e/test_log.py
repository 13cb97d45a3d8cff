"""What a running gateway writes down of its calls, and what of them it does not."""

import asyncio
from pathlib import Path
from typing import Any

import httpx
import orjson
import pytest

from app.stores.log.writer import GATHERS
from tests.support.chat import request
from tests.support.gateway import RunningGateway, running_gateway

CHAT = "/v1/chat/completions"
KEY = "sk-alice-canary-31"
CONFIG: dict[str, Any] = {"database": "sqlite:///aihub.db", "log": {"format": "json"}}
STATE = {
    "users": [{"username": "alice", "balance_usd": 1}],
    "tokens": [{"name": "laptop", "user": "alice", "key": KEY}],
    "channels": [{"name": "echo", "vendor": "echo", "models": ["echo*"]}],
    "prices": [{"model": "echo*", "input": 1, "output": 2}],
}
SECRET_WORD = "xylophone-canary"


async def rows(gateway: RunningGateway, *arguments: str, at_least: int) -> list[dict[str, Any]]:
    """Once there are so many."""
    async with asyncio.timeout(20):
        while True:
            code, out, err = await gateway.aihub("log", "list", "--json", *arguments)
            assert code == 0, err
            if len(found := orjson.loads(out)["rows"]) >= at_least:
                return list(found)
            await asyncio.sleep(GATHERS)


@pytest.mark.parametrize("stream", [False, True])
async def test_a_call_that_was_paid_has_one_row_that_agrees_with_the_ledger(tmp_path: Path, stream: bool) -> None:
    async with running_gateway(tmp_path, CONFIG, STATE) as gateway, httpx.AsyncClient(base_url=gateway.url) as client:
        body = request("echo", SECRET_WORD, stream=stream, user="customer-7")
        headers = {"authorization": f"Bearer {KEY}", "x-aihub-tags": "nightly"}
        reply = await client.post(CHAT, json=body, headers=headers)
        assert reply.status_code == 200
        [row] = await rows(gateway, "--type", "consume", at_least=1)
        assert (row["request_id"], row["user"], row["token"], row["channel"]) == (
            reply.headers["x-request-id"],
            "alice",
            "laptop",
            "echo",
        )
        assert (row["end_user"], row["detail"]["tags"], row["status"]) == ("customer-7", ["nightly"], 200)
        assert row["ip"] == "127.0.0.1"
        assert 0 <= row["first_byte_ms"] <= row["duration_ms"]
        assert float(row["amount_usd"]) > 0
        assert (await gateway.aihub("ledger", "audit"))[0] == 0
        code, out, _ = await gateway.aihub("log", "show", row["request_id"], "--json")
        assert code == 0
        assert SECRET_WORD not in out
        assert KEY not in out


async def test_a_call_that_failed_has_a_row_and_one_without_a_key_none(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, CONFIG, STATE) as gateway, httpx.AsyncClient(base_url=gateway.url) as client:
        headers = {"authorization": f"Bearer {KEY}"}
        for model in ("echo:status=422", "unknown"):
            await client.post(CHAT, json=request(model), headers=headers)
        assert (await client.post(CHAT, json=request("echo"))).status_code == 401
        newest, oldest = await rows(gateway, "--type", "error", at_least=2)
        assert (oldest["status"], oldest["channel"], oldest["ending"]) == (422, "echo", "upstream_failed")
        assert (newest["status"], newest["detail"]["code"], newest["user"]) == (404, "model_not_found", "alice")
        assert await rows(gateway, "--type", "consume", at_least=0) == []


async def test_what_was_said_is_kept_where_the_operator_wants_it(tmp_path: Path) -> None:
    config = CONFIG | {"log": {"content": True}}
    async with running_gateway(tmp_path, config, STATE) as gateway, httpx.AsyncClient(base_url=gateway.url) as client:
        headers = {"authorization": f"Bearer {KEY}"}
        reply = await client.post(CHAT, json=request("echo", SECRET_WORD, stream=True), headers=headers)
        async with asyncio.timeout(20):
            while "reply" not in (row := await shown(gateway, reply.headers["x-request-id"])):
                await asyncio.sleep(GATHERS)
        assert SECRET_WORD in row["request"]
        assert row["reply"] == reply.text
        assert KEY not in str(row)


async def shown(gateway: RunningGateway, request_id: str) -> dict[str, Any]:
    code, out, _ = await gateway.aihub("log", "show", request_id, "--json")
    return dict(orjson.loads(out)[0]) if code == 0 else {}


async def test_the_process_s_own_lines_are_json_with_the_request_s_id(tmp_path: Path) -> None:
    async with running_gateway(tmp_path, CONFIG, STATE) as gateway, httpx.AsyncClient(base_url=gateway.url) as client:
        reply = await client.post(CHAT, json=request("echo:status=422"), headers={"authorization": f"Bearer {KEY}"})
        async with asyncio.timeout(10):
            while not (found := [line for line in gateway.log().splitlines() if "attempt 1" in line]):
                await asyncio.sleep(0.05)
        [line] = map(orjson.loads, found)
        assert (line["logger"], line["flow"]) == ("aihub.pipeline", reply.headers["x-request-id"])
