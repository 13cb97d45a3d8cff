"""Limits as callers meet them: exact under load, told in the reply, and nothing is kept of a caller who left."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import httpx
import openai
import pytest

from tests.e2e.conftest import CONFIG, state
from tests.support.chat import DONE, completion, request, text_stream, usage_chunk
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.standin import Answer, StandIn, json_answer, sse_answer

CHAT = "/v1/chat/completions"
LIMITS: dict[str, Any] = {
    "token": {"parallel": {"rpm": 50}, "daily": {"rpd": 20}},
    "user+model": {"limited-*": {"rpm": 2}},
    "channel": {"standin": {"concurrent": 40}},
}


def key(name: str) -> str:
    return f"sk-test-of-{name}"


@pytest.fixture(scope="module")
async def limited(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    """Every token is called as its limits are."""
    declared = state(standin.base_url)
    own = {"three-open": {"concurrent": 3}, "tokens": {"tpm": 1000}}
    names = ("parallel", "daily", "free", *own)
    tokens = [{"name": name, "user": "alice", "key": key(name), "limits": own.get(name, {})} for name in names]
    config = CONFIG | {"pipeline": ["auth", "model_limits", "mapping", {"rate_limit": LIMITS}]}
    async with running_gateway(tmp_path_factory.mktemp("limits"), config, declared | {"tokens": tokens}) as running:
        yield running


@contextlib.asynccontextmanager
async def client(gateway: RunningGateway, name: str) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"authorization": f"Bearer {key(name)}"}
    limits = httpx.Limits(max_connections=300)
    async with httpx.AsyncClient(base_url=gateway.url, headers=headers, timeout=30, limits=limits) as made:
        yield made


@pytest.mark.parametrize(("name", "admitted"), [("parallel", 50), ("daily", 20)])
async def test_of_two_hundred_calls_at_once_exactly_the_limit_is_admitted(
    limited: RunningGateway, standin: StandIn, name: str, admitted: int
) -> None:
    async with client(limited, name) as http:
        replies = await asyncio.gather(*[http.post(CHAT, json=request("echo")) for _ in range(200)])
    assert Counter(reply.status_code for reply in replies) == {200: admitted, 429: 200 - admitted}
    remaining = [int(reply.headers["x-ratelimit-remaining-requests"]) for reply in replies if reply.status_code == 200]
    assert sorted(remaining) == list(range(admitted))


async def test_the_sdk_is_told_which_limit_it_met(limited: RunningGateway, standin: StandIn) -> None:
    standin.on("limited-1", json_answer(completion(), x_ratelimit_limit_requests="9999", x_ratelimit_limit_project="7"))
    async with openai.AsyncOpenAI(base_url=limited.url + "/v1", api_key=key("free"), max_retries=0) as sdk:
        ask = sdk.chat.completions.with_raw_response.create
        for left in (1, 0):
            reply = await ask(model="limited-1", messages=[{"role": "user", "content": "hi"}])
            assert reply.headers["x-ratelimit-limit-requests"] == "2"
            assert reply.headers["x-ratelimit-remaining-requests"] == str(left)
            assert "x-ratelimit-limit-project" not in reply.headers
        with pytest.raises(openai.RateLimitError) as caught:
            await ask(model="limited-1", messages=[{"role": "user", "content": "hi"}])
    assert caught.value.code == "rate_limit_exceeded"
    assert "2 requests per minute for your account and the model 'limited-1'" in caught.value.message
    assert 1 <= int(caught.value.response.headers["retry-after"]) <= 60


async def test_tokens_are_counted_as_the_vendor_reports_them(limited: RunningGateway, standin: StandIn) -> None:
    standin.on("m-tokens", json_answer(completion()))
    left = []
    async with client(limited, "tokens") as http:
        for _ in range(5):
            reply = await http.post(CHAT, json=request("m-tokens", max_tokens=500))
            assert reply.status_code == 200
            left.append(int(reply.headers["x-ratelimit-remaining-tokens"]))
            await settled(http)
        too_large = await http.post(CHAT, json=request("m-tokens", max_tokens=5000))
    assert [before - after for before, after in pairwise(left)] == [12, 12, 12, 12]
    assert (too_large.status_code, too_large.json()["error"]["code"]) == (429, "request_exceeds_limit")


async def test_a_storm_of_callers_who_leave_keeps_no_slot(limited: RunningGateway, standin: StandIn) -> None:
    standin.on("m-storm", sse_answer(*text_stream(*"abcdef"), usage_chunk(), DONE, pause=0.01))
    async with client(limited, "three-open") as http:

        async def leave(moment: int) -> None:
            asking = asyncio.ensure_future(http.post(CHAT, json=request("m-storm", stream=True)))
            await asyncio.sleep(moment * 0.003)
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError, httpx.TransportError):
                await asking

        for _ in range(3):
            await asyncio.gather(*[leave(number % 30) for number in range(100)])
        await settled(http)
        standin.on("m-hold", Answer(200, {"content-type": "text/event-stream"}, [b'data: {"choices": []}\n\n'], hold=True))
        async with contextlib.AsyncExitStack() as stack:
            held = [http.stream("POST", CHAT, json=request("m-hold", stream=True)) for _ in range(3)]
            assert [(await stack.enter_async_context(each)).status_code for each in held] == [200] * 3
            refused = await http.post(CHAT, json=request("m-hold", stream=True))
            assert refused.status_code == 429
            assert "3 requests at a time for this API key" in refused.json()["error"]["message"]
        await settled(http)
        assert (await http.post(CHAT, json=request("echo"))).status_code == 200


async def test_a_full_channel_is_told_as_a_503(limited: RunningGateway, standin: StandIn) -> None:
    standin.on("m-full", Answer(200, {"content-type": "application/json"}, [b"{}"], wait=1))
    async with client(limited, "free") as http:
        replies = await asyncio.gather(*[http.post(CHAT, json=request("m-full")) for _ in range(60)])
        full = [reply for reply in replies if reply.status_code == 503]
        assert len(full) == 20
        assert {reply.json()["error"]["code"] for reply in full} == {"channel_limits_reached"}
        assert {reply.headers["retry-after"] for reply in full} == {"1"}
        await settled(http)
        assert (await http.post(CHAT, json=request("echo"))).status_code == 200


async def test_a_limit_set_while_it_runs_is_kept(limited: RunningGateway) -> None:
    (limited.directory / "more.yaml").write_text(
        f"tokens: [{{name: later, user: alice, key: {key('later')}, limits: {{rpm: 4}}}}]\n"
    )
    code, out, err = await limited.aihub("apply", "-f", "more.yaml")
    assert code == 0, out + err
    async with client(limited, "later") as http:
        async with asyncio.timeout(10):
            while (await http.post(CHAT, json=request("nothing-here-yet"))).status_code == 401:
                await asyncio.sleep(0.1)
        statuses = Counter([(await http.post(CHAT, json=request("echo"))).status_code for _ in range(8)])
    assert statuses == {200: 3, 429: 5}, "the first question counted, too"


async def settled(http: httpx.AsyncClient) -> None:
    """Until no flow is open, and the settlements have had their turn."""
    async with asyncio.timeout(10):
        while (await http.get("/api/status")).json()["flows"]:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.05)
