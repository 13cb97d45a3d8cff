"""Where a key may stand, what two of them mean, and what is said of one that may not call."""

import time
from typing import Any

import pytest

from pipeline.caller import Caller
from pipeline.errors import Unavailable
from pipeline.flow import Flow, Headers, Request, Route
from pipeline.ports import Ports
from pipeline.stages.auth import Auth
from pipeline.testing import Playbook, a_caller, memory_ports
from tests.pipeline.recorder import BODY, stage

KEYS = {"sk-1": a_caller(username="one"), "sk-2": a_caller(username="two")}
GATE = "openai-insecure-api-key."


async def asked(
    headers: dict[str, str] | None = None, query: str = "", *, caller: Caller | None = None, billable: bool = True
) -> Any:
    ports = memory_ports(KEYS if caller is None else {"sk-1": caller})
    play = Playbook.of([("auth", Auth(ports))], ports=ports)
    return await play.request(BODY, headers=headers, query=query, route=Route("openai_chat", "chat", billable=billable))


CARRIERS: list[tuple[dict[str, str], str]] = [
    ({"authorization": "Bearer sk-1"}, ""),
    ({"authorization": "bearer sk-1"}, ""),
    ({"authorization": "BEARER   sk-1  "}, ""),
    ({"authorization": "sk-1"}, ""),
    ({"x-api-key": "sk-1"}, ""),
    ({"x-api-key": " sk-1 "}, ""),
    ({"x-goog-api-key": "sk-1"}, ""),
    ({"api-key": "sk-1"}, ""),
    ({"mj-api-secret": "sk-1"}, ""),
    ({"authorization": "midjourney-proxy", "mj-api-secret": "sk-1"}, ""),
    ({}, "key=sk-1"),
    ({}, "alt=sse&key=sk%2D1"),
    ({"authorization": "Bearer sk-1", "x-api-key": "sk-1"}, "key=sk-1"),
    ({"authorization": "Bearer", "x-api-key": "sk-1"}, ""),
    ({"x-api-key": "", "api-key": "sk-1"}, ""),
]


@pytest.mark.parametrize(("headers", "query"), CARRIERS)
async def test_a_key_is_found_wherever_clients_put_it(headers: dict[str, str], query: str) -> None:
    result = await asked(headers, query)
    assert (result.status, result.flow.caller) == (200, KEYS["sk-1"])


# What is sent, the status, the code, and a word of the message.
REFUSED: list[tuple[dict[str, str], str, int, str, str]] = [
    ({}, "", 401, "missing_api_key", "No API key"),
    ({"authorization": ""}, "", 401, "missing_api_key", "No API key"),
    ({"authorization": "Bearer "}, "", 401, "missing_api_key", "No API key"),
    ({"authorization": "midjourney-proxy"}, "", 401, "missing_api_key", "No API key"),
    ({}, "key=", 401, "missing_api_key", "No API key"),
    ({}, "monkey=sk-1", 401, "missing_api_key", "No API key"),
    ({"authorization": "Basic c2stMQ=="}, "", 401, "invalid_api_key", "must be Bearer"),
    ({"authorization": "Bearer sk-9"}, "", 401, "invalid_api_key", "not known here"),
    ({"authorization": "Bearer SK-1"}, "", 401, "invalid_api_key", "not known here"),
    ({"sec-websocket-protocol": f"realtime, {GATE}sk-1"}, "", 401, "missing_api_key", "No API key"),
    ({"authorization": "Bearer sk-1", "x-api-key": "sk-2"}, "", 400, "conflicting_api_keys", "two API keys"),
    ({"authorization": "Bearer sk-1"}, "key=sk-2", 400, "conflicting_api_keys", "two API keys"),
    ({"x-goog-api-key": "sk-1", "api-key": "sk-2"}, "", 400, "conflicting_api_keys", "two API keys"),
]


@pytest.mark.parametrize(("headers", "query", "status", "code", "word"), REFUSED)
async def test_what_is_refused(headers: dict[str, str], query: str, status: int, code: str, word: str) -> None:
    result = await asked(headers, query)
    error = result.json()["error"]
    assert (result.status, error["code"]) == (status, code)
    assert word in error["message"]
    assert "sk-" not in error["message"]


# A token's state, the status and the code; exhaustion stops what costs money and nothing else.
STATES: list[tuple[dict[str, Any], int, str | None, bool]] = [
    ({}, 200, None, True),
    ({"token_enabled": False}, 403, "token_disabled", True),
    ({"user_enabled": False}, 403, "user_disabled", True),
    ({"expires_at": 1.0}, 403, "token_expired", True),
    ({"expires_at": time.time() + 3600}, 200, None, True),
    ({"quota": 10, "used": 9}, 200, None, True),
    ({"quota": 10, "used": 10}, 402, "insufficient_quota", True),
    ({"quota": 0, "used": 0}, 402, "insufficient_quota", True),
    ({"quota": 10, "used": 10}, 200, None, False),
    ({"quota": None, "used": 10**15}, 200, None, True),
    ({"token_enabled": False}, 403, "token_disabled", False),
]


@pytest.mark.parametrize(("fields", "status", "code", "billable"), STATES)
async def test_what_a_token_s_state_means(fields: dict[str, Any], status: int, code: str | None, billable: bool) -> None:
    result = await asked({"x-api-key": "sk-1"}, caller=a_caller(**fields), billable=billable)
    assert result.status == status
    assert code is None or result.json()["error"]["code"] == code


async def test_an_expired_key_is_told_when() -> None:
    result = await asked({"x-api-key": "sk-1"}, caller=a_caller(expires_at=86_400.0))
    assert "expired on 1970-01-02 00:00 UTC" in result.json()["error"]["message"]


async def test_a_refused_caller_is_not_the_flow_s() -> None:
    assert (await asked({"x-api-key": "sk-1"}, caller=a_caller(token_enabled=False))).flow.caller is None


async def test_a_repeated_header_with_two_keys_is_a_conflict_too() -> None:
    with pytest.raises(Exception, match="two API keys"):
        await find([(b"x-api-key", b"sk-1"), (b"x-api-key", b"sk-2")])


@pytest.mark.parametrize("protocols", [f"realtime, {GATE}sk-1, openai-beta.realtime-v1", f"{GATE}sk-1"])
async def test_a_browser_s_websocket_shows_its_key_among_the_subprotocols(protocols: str) -> None:
    flow = await find([(b"sec-websocket-protocol", protocols.encode())], websocket=True)
    assert flow.caller == KEYS["sk-1"]


async def find(headers: list[tuple[bytes, bytes]], *, websocket: bool = False) -> Flow:
    template = (await Playbook().request(BODY)).flow.request
    request = Request("GET", "/v1/realtime", "", Headers(headers), template.body, websocket=websocket)
    flow = Flow("req_ws", request, Route("openai_chat", "chat"))
    await Auth(memory_ports(KEYS)).request(flow)
    return flow


async def test_a_store_that_cannot_be_asked_is_no_wrong_key() -> None:
    class Down:
        async def find(self, key: str) -> Caller | None:
            raise Unavailable("The gateway's store cannot be reached.", retry_after=1)

    memory = memory_ports()
    ports = Ports(Down(), memory.catalogs, memory.limits, memory.ledger)
    assert (await Playbook(Auth(ports)).request(BODY, headers={"x-api-key": "sk-1"})).status == 503


async def test_no_byte_of_the_body_is_read_for_a_wrong_key() -> None:
    ports = memory_ports(KEYS)

    async def body() -> Any:
        raise AssertionError("the body was read")
        yield b""

    play = Playbook(Auth(ports), stage(request=read_the_body), ports=ports)
    assert (await play.request(body(), headers={"x-api-key": "sk-9"})).status == 401


async def read_the_body(flow: Flow) -> None:
    await flow.body()
