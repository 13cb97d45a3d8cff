"""When a target fails, the next one answers and the caller does not notice."""

from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.e2e.conftest import CONFIG
from tests.support.chat import DONE, completion, error, request, text_stream
from tests.support.gateway import RunningGateway, free_port, running_gateway
from tests.support.standin import Answer, StandIn, json_answer, sse_answer

CHAT = "/v1/chat/completions"
KEY = "sk-failover"


def state(standin: StandIn) -> dict[str, Any]:
    def channel(name: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "vendor": "openai", "base_url": standin.at(name), "keys": [f"key-{name}"]} | more

    disabled = {"name": "x", "key": "key-3", "enabled": False}
    dead = f"http://127.0.0.1:{free_port()}/v1"
    return {
        "users": [{"username": "bob"}],
        "tokens": [{"name": "t", "user": "bob", "key": KEY}],
        "channels": [
            channel("first", models=["tiers*"], priority=2),
            channel("second", models=["tiers*"], priority=1),
            channel("third", models=["tiers*"], priority=0),
            channel("heavy", models=["weights"], weight=3),
            channel("light", models=["weights"], weight=1),
            channel("never", models=["weights"], weight=0),
            channel("off", models=["weights", "only-off"], enabled=False, priority=9),
            channel("unreachable", models=["dead"], base_url=dead, keys=["key-1", "key-2"], priority=1),
            channel("backup", models=["dead"]),
            channel("keys", models=["keys*"], key_mode="polling", keys=["key-1", "key-2", disabled]),
            channel("elsewhere", models=["other-group"], groups=["vip"]),
        ],
        "groups": [{"name": "default"}, {"name": "vip"}],
    }  # fmt: skip


@pytest.fixture(scope="module")
async def gateway(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    async with running_gateway(tmp_path_factory.mktemp("failover"), CONFIG, state(standin)) as running:
        yield running


@pytest.fixture(scope="module")
async def caller(gateway: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=gateway.url, headers={"authorization": f"Bearer {KEY}"}, timeout=20) as client:
        yield client


def went_to(standin: StandIn, model: str) -> list[str]:
    return [received.vendor for received in standin.requests(model)]


FAILURES = {
    "500": json_answer(error("x"), 500),
    "503": json_answer(error("x"), 503),
    "529": json_answer(error("x"), 529),
    "429": json_answer(error("x"), 429),
    "408": json_answer(error("x"), 408),
    "401": json_answer(error("x"), 401),
    "404": json_answer(error("x"), 404),
    "html": Answer(200, {"content-type": "text/html"}, [b"<html>"]),
    "error in a 200": json_answer(error("x", "boom", "server_error")),
    "cut": Answer(200, {"content-type": "application/json"}, [b"{"], cut=True),
}


@pytest.mark.parametrize("failure", FAILURES)
async def test_a_failure_that_may_be_the_targets_own_moves_on(caller: httpx.AsyncClient, standin: StandIn, failure: str) -> None:
    model = f"tiers-{failure}"
    standin.on(model, FAILURES[failure], at="first")
    standin.on(model, json_answer(completion("from second")), at="second")
    reply = await caller.post(CHAT, json=request(model))
    assert reply.status_code == 200
    assert reply.json()["choices"][0]["message"]["content"] == "from second"
    assert went_to(standin, model) == ["first", "second"]


@pytest.mark.parametrize("status", [400, 403, 413, 422])
async def test_a_failure_that_is_the_requests_own_is_final(caller: httpx.AsyncClient, standin: StandIn, status: int) -> None:
    model = f"tiers-final-{status}"
    standin.on(model, json_answer(error("your fault"), status), at="first")
    reply = await caller.post(CHAT, json=request(model))
    assert (reply.status_code, reply.json()) == (status, error("your fault"))
    assert went_to(standin, model) == ["first"]


async def test_a_stream_that_begins_with_an_error_moves_on_before_the_caller_sees_anything(
    caller: httpx.AsyncClient, standin: StandIn
) -> None:
    standin.on("tiers-stream", sse_answer(error("busy", "overloaded", "overloaded_error")), at="first")
    standin.on("tiers-stream", Answer(200, {"content-type": "text/event-stream"}, []), at="second")
    standin.on("tiers-stream", sse_answer(*text_stream("from third"), DONE), at="third")
    reply = await caller.post(CHAT, json=request("tiers-stream", stream=True))
    assert reply.status_code == 200
    assert b"from third" in reply.content
    assert b"error" not in reply.content
    assert went_to(standin, "tiers-stream") == ["first", "second", "third"]


async def test_after_the_first_event_there_is_no_second_start(caller: httpx.AsyncClient, standin: StandIn) -> None:
    standin.on("tiers-late", sse_answer(*text_stream("Hi")[:2], cut=True), at="first")
    await caller.post(CHAT, json=request("tiers-late", stream=True))
    assert went_to(standin, "tiers-late") == ["first"]


async def test_when_all_fail_the_last_failure_is_the_answer(caller: httpx.AsyncClient, standin: StandIn) -> None:
    for vendor, status in (("first", 500), ("second", 503), ("third", 429)):
        standin.on("tiers-all", json_answer(error(vendor), status, retry_after="9"), at=vendor)
    reply = await caller.post(CHAT, json=request("tiers-all"))
    assert (reply.status_code, reply.json()["error"]["message"]) == (429, "third")
    assert reply.headers["retry-after"] == "9"


async def test_every_attempt_sends_the_same_bytes(caller: httpx.AsyncClient, standin: StandIn) -> None:
    body = b'{ "model":"tiers-bytes",  "n":1e0, "big":123456789012345678901234567890, "text":"\\u00e9\\/" ,"messages":[]}'
    standin.on("tiers-bytes", json_answer(error("x"), 500), at="first")
    standin.on("tiers-bytes", json_answer(completion()), at="second")
    await caller.post(CHAT, content=body)
    assert [received.body for received in standin.requests("tiers-bytes")] == [body, body]


async def test_a_large_body_is_replayed_whole(caller: httpx.AsyncClient, standin: StandIn) -> None:
    asked = request("tiers-large", "x" * (1_500_000))
    standin.on("tiers-large", json_answer(error("x"), 500), at="first")
    standin.on("tiers-large", json_answer(completion()), at="second")
    assert (await caller.post(CHAT, json=asked)).status_code == 200
    assert [received.json() for received in standin.requests("tiers-large")] == [asked, asked]


async def test_weights_share_a_tier_and_what_is_off_gets_nothing(caller: httpx.AsyncClient, standin: StandIn) -> None:
    for vendor in ("heavy", "light", "never", "off"):
        standin.on("weights", json_answer(completion()), at=vendor)
    for _ in range(200):
        await caller.post(CHAT, json=request("weights"))
    shares = Counter(went_to(standin, "weights"))
    assert set(shares) == {"heavy", "light"}
    assert 110 < shares["heavy"] < 185  # 150 expected; six standard deviations on each side


async def test_a_channel_nobody_answers_at_is_left_with_all_its_keys(caller: httpx.AsyncClient, standin: StandIn) -> None:
    standin.on("dead", json_answer(completion("from backup")), at="backup")
    reply = await caller.post(CHAT, json=request("dead"))
    assert reply.json()["choices"][0]["message"]["content"] == "from backup"


async def test_keys_take_turns_and_a_disabled_one_is_never_sent(caller: httpx.AsyncClient, standin: StandIn) -> None:
    standin.on("keys-polled", json_answer(completion()), at="keys")
    for _ in range(4):
        await caller.post(CHAT, json=request("keys-polled"))
    used = [received.headers["authorization"] for received in standin.requests("keys-polled")]
    assert sorted(used) == ["Bearer key-1"] * 2 + ["Bearer key-2"] * 2
    assert used[0] != used[1]


async def test_a_refused_key_gives_way_to_the_next_one(caller: httpx.AsyncClient, standin: StandIn) -> None:
    standin.on("keys-refused", json_answer(error("x"), 401), json_answer(completion()), at="keys")
    assert (await caller.post(CHAT, json=request("keys-refused"))).status_code == 200
    used = [received.headers["authorization"] for received in standin.requests("keys-refused")]
    assert len(set(used)) == 2


async def test_another_groups_channel_is_unknown_and_a_disabled_one_unavailable(caller: httpx.AsyncClient) -> None:
    assert (await caller.post(CHAT, json=request("other-group"))).status_code == 404
    reply = await caller.post(CHAT, json=request("only-off"))
    assert (reply.status_code, reply.json()["error"]["code"]) == (503, "no_available_channel")
    assert int(reply.headers["retry-after"]) > 0


async def test_a_vendor_that_refuses_stream_options_is_asked_again_without_and_remembered(
    caller: httpx.AsyncClient, standin: StandIn
) -> None:
    refusal = json_answer({"detail": [{"loc": ["body", "stream_options"], "msg": "extra fields not permitted"}]}, 422)
    standin.on("tiers-options", refusal, sse_answer(*text_stream("Hi"), DONE), at="first")
    for _ in range(2):
        assert b"Hi" in (await caller.post(CHAT, json=request("tiers-options", stream=True))).content
    asked = ["stream_options" in received.json() for received in standin.requests("tiers-options")]
    assert asked == [True, False, False]
    assert went_to(standin, "tiers-options") == ["first"] * 3
