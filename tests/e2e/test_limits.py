"""What the gateway keeps to itself: who may call, from where, for which models, and how many at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import CONFIG
from tests.support.chat import completion, request
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.standin import Answer, StandIn, json_answer

CHAT = "/v1/chat/completions"
ORIGIN = "https://app.example.com"


def state(base_url: str) -> dict[str, Any]:
    def token(name: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "user": "carol", "key": f"sk-{name}"} | more

    return {
        "groups": [{"name": "default", "usable_by": ["*"]}, {"name": "small", "models": ["mini-*"], "usable_by": ["*"]}],
        "users": [{"username": "carol"}, {"username": "gone", "enabled": False}],
        "channels": [{"name": "c", "vendor": "openai", "base_url": base_url, "keys": ["k"], "groups": ["default", "small"]}],
        "tokens": [
            token("plain"),
            token("off", enabled=False),
            token("late", expires_at="2020-01-01T00:00:00Z"),
            token("spent", quota_usd=0),
            token("orphan", user="gone"),
            token("office", allow_ips=["10.1.0.0/16", "2001:db8::/32"]),
            token("picky", models=["gpt-*", "exactly-this"]),
            token("small", group="small"),
        ],
    }


@pytest.fixture(scope="module")
async def gateway(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    server = {"trusted_proxies": ["127.0.0.1", "192.168.0.0/16"], "max_flows": 3, "cors": {"origins": [ORIGIN]}}
    config = CONFIG | {
        "server": server,
        "pipeline": ["auth", {"ip_allowlist": {"allow": ["10.0.0.0/8", "2001:db8::/32"]}}, "model_limits"],
    }
    async with running_gateway(tmp_path_factory.mktemp("limits"), config, state(standin.base_url)) as running:
        yield running


@pytest.fixture(scope="module")
async def client(gateway: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    """Behind a trusted proxy, so that each test can come from where it likes."""
    async with httpx.AsyncClient(base_url=gateway.url, headers={"x-forwarded-for": "10.1.2.3"}, timeout=20) as made:
        yield made


async def ask(client: httpx.AsyncClient, token: str, model: str = "gpt-5", **headers: str) -> tuple[int, str | None]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    reply = await client.post(CHAT, json=request(model), headers={"x-api-key": f"sk-{token}"} | named)
    return reply.status_code, reply.json().get("error", {}).get("code")


@pytest.mark.parametrize(
    ("token", "status", "code"),
    [
        ("plain", 200, None),
        ("off", 403, "token_disabled"),
        ("orphan", 403, "user_disabled"),
        ("late", 403, "token_expired"),
        ("spent", 402, "insufficient_quota"),
    ],
)
async def test_each_state_of_a_token_has_an_error_of_its_own(
    client: httpx.AsyncClient, standin: StandIn, token: str, status: int, code: str | None
) -> None:
    standin.on("gpt-5", json_answer(completion()))
    assert await ask(client, token) == (status, code)


async def test_a_spent_token_may_still_list_its_models(client: httpx.AsyncClient) -> None:
    assert (await client.get("/v1/models", headers={"x-api-key": "sk-spent"})).status_code == 200


@pytest.mark.parametrize(
    ("token", "forwarded", "status"),
    [
        ("plain", "10.9.9.9", 200),
        ("plain", "11.9.9.9", 403),
        ("office", "10.1.2.3", 200),
        ("office", "10.2.2.3", 403),
        ("office", "2001:db8::7", 200),
        ("office", "[2001:db8::7]:4711", 200),
        ("office", "::ffff:10.1.2.3", 200),
        ("office", "10.1.2.3:4711", 200),
        ("office", "10.1.2.3, 192.168.1.1", 200),
        ("office", "10.1.2.3, 8.8.8.8, 192.168.1.1", 403),
        ("office", "8.8.8.8, 10.1.2.3", 200),
        ("office", "unknown", 403),
        ("office", "10.1.2.3, nonsense", 403),
    ],
)
async def test_the_callers_address_is_the_right_most_that_is_no_trusted_proxy(
    client: httpx.AsyncClient, standin: StandIn, token: str, forwarded: str, status: int
) -> None:
    standin.on("gpt-5", json_answer(completion()))
    assert (await ask(client, token, x_forwarded_for=forwarded))[0] == status


@pytest.mark.parametrize(
    ("token", "model", "status"),
    [
        ("picky", "gpt-5", 200),
        ("picky", "exactly-this", 200),
        ("picky", "exactly-this-not", 403),
        ("picky", "GPT-5", 403),
        ("small", "mini-9", 200),
        ("small", "maxi-9", 403),
    ],
)
async def test_a_model_must_be_the_tokens_and_the_groups(
    client: httpx.AsyncClient, standin: StandIn, token: str, model: str, status: int
) -> None:
    standin.on(model, json_answer(completion()))
    assert (await ask(client, token, model))[0] == status


async def test_over_the_limit_of_concurrent_requests_the_answer_is_a_503_at_once(
    client: httpx.AsyncClient, standin: StandIn
) -> None:
    standin.on("slow", Answer(200, {"content-type": "application/json"}, json_answer(completion()).pieces, wait=1))
    before = len(standin.requests("slow"))
    waiting = [asyncio.ensure_future(ask(client, "plain", "slow")) for _ in range(3)]
    async with asyncio.timeout(5):
        while len(standin.requests("slow")) < before + 3:
            await asyncio.sleep(0.01)
    reply = await client.post(CHAT, json=request("slow"), headers={"x-api-key": "sk-plain"})
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "gateway_overloaded")
    assert reply.headers["retry-after"] == "1"
    assert [status for status, _ in await asyncio.gather(*waiting)] == [200, 200, 200]
    assert (await client.get("/healthz")).status_code == 200


async def test_a_browser_of_a_listed_origin_may_call(client: httpx.AsyncClient) -> None:
    asked = {
        "origin": ORIGIN,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization, x-stainless-os",
    }
    preflight = await client.options(CHAT, headers=asked)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == ORIGIN
    assert preflight.headers["access-control-allow-methods"] == "POST"
    assert "x-stainless-os" in preflight.headers["access-control-allow-headers"]
    for headers, status in (({}, 401), ({"x-api-key": "sk-off"}, 403)):
        reply = await client.post(CHAT, json=request("x"), headers={"origin": ORIGIN, **headers})
        assert (reply.status_code, reply.headers["access-control-allow-origin"]) == (status, ORIGIN)


async def test_a_browser_of_another_origin_may_not(client: httpx.AsyncClient) -> None:
    asked = {"origin": "https://evil.example", "access-control-request-method": "POST"}
    assert (await client.options(CHAT, headers=asked)).status_code == 403
    reply = await client.post(CHAT, json=request("x"), headers={"origin": "https://evil.example"})
    assert "access-control-allow-origin" not in reply.headers
