"""What an operator changes on a request's way up and an answer's way down: what the vendor received is what counts."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import openai
import pytest

from tests.e2e.conftest import CONFIG, VENDOR_KEY
from tests.support.chat import DONE, chunk, completion, error, request, text_stream
from tests.support.gateway import RunningGateway, running_gateway
from tests.support.standin import Received, StandIn, json_answer, sse_answer

CHAT = "/v1/chat/completions"
KEY = "sk-overrides-canary-5f4dcc3b"

PIPELINE: list[Any] = [
    "auth",
    "ip_allowlist",
    "model_limits",
    {"mapping": {"models": {"alias": "between", "between": "mapped", "vendor/*": "*"}}},
    "channel_options",
    {"param_override": {"operations": [{"mode": "default", "path": "user", "value": "everybody"}]}},
    {"header_override": {"x-team": "everybody"}},
    {"status_code_mapping": {429: 503, 502: 500}},
]

# In New-API's own JSON texts, as they would be pasted.
FROM_NEW_API = {
    "param_override": """{"temperature": 0, "operations": [
        {"path": "messages", "mode": "prepend", "value": [{"role": "system", "content": "Be brief."}]},
        {"path": "messages.-1.content", "mode": "append", "value": "!", "conditions":
            [{"path": "original_model", "mode": "prefix", "value": "new-"}], "logic": "AND"},
        {"mode": "return_error", "value": {"message": "Not in this group.", "status_code": 451, "code": "closed"},
            "conditions": [{"path": "request_headers.x-closed", "mode": "full", "value": "yes"}]},
        {"mode": "set_header", "path": "anthropic-beta", "value": {"$append": ["ours"]}}]}""",
    "header_override": '{"*": true, "Authorization": "Token {api_key}", "X-Id": "{client_header:X-Trace-Id}"}',
    "status_code_mapping": '{"400": "422"}',
}


def state(base_url: str) -> dict[str, Any]:
    def channel(name: str, *models: str, **more: Any) -> dict[str, Any]:
        return {"name": name, "vendor": "openai", "base_url": base_url, "keys": [VENDOR_KEY], "models": [name, *models]} | more

    return {
        "users": [{"username": "dora"}],
        "tokens": [{"name": "t", "user": "dora", "key": KEY}],
        "channels": [
            channel("mapped", model_mapping={"mapped": "mapped-2024-04-09"}),
            channel("plain"),
            channel("new-api", **FROM_NEW_API),
            channel("fields", options={"strip_fields": ["service_tier", "store"], "system_prompt": "Ours."}),
            channel("thoughts", options={"thinking_to_content": True}),
            channel("gpt-5", "gpt-5*", options={"model_suffixes": True}),
            channel("renamed", param_override={"model": "renamed-2"}),
            channel("dead", base_url="http://127.0.0.1:9/v1"),
        ],
    }


@pytest.fixture(scope="module")
async def gateway(standin: StandIn, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[RunningGateway]:
    config = CONFIG | {"pipeline": PIPELINE}
    async with running_gateway(tmp_path_factory.mktemp("overrides"), config, state(standin.base_url)) as running:
        yield running


@pytest.fixture(scope="module")
async def caller(gateway: RunningGateway) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=gateway.url, headers={"authorization": f"Bearer {KEY}"}, timeout=20) as client:
        yield client


async def went_up(caller: httpx.AsyncClient, standin: StandIn, model: str, served: str | None = None, **more: Any) -> Received:
    headers = more.pop("headers", {})
    standin.on(served or model, json_answer(completion(model="the-vendors-word")))
    reply = await caller.post(CHAT, json=request(model, **more), headers=headers)
    assert reply.status_code == 200, reply.text
    assert reply.json()["model"] == "the-vendors-word"
    return standin.received[-1]


@pytest.mark.parametrize(("asked", "served"), [("alias", "mapped-2024-04-09"), ("vendor/plain", "plain"), ("plain", "plain")])
async def test_models_are_mapped_for_everybody_and_then_by_the_channel(
    caller: httpx.AsyncClient, standin: StandIn, asked: str, served: str
) -> None:
    assert (await went_up(caller, standin, asked, served)).json()["model"] == served


async def test_the_pipelines_own_overrides_reach_every_channel(caller: httpx.AsyncClient, standin: StandIn) -> None:
    received = await went_up(caller, standin, "plain")
    assert received.json() == {**request("plain"), "user": "everybody"}
    assert received.headers["x-team"] == "everybody"
    assert (await went_up(caller, standin, "plain", user="mine")).json()["user"] == "mine"


async def test_new_apis_overrides_work_as_they_were_pasted(caller: httpx.AsyncClient, standin: StandIn) -> None:
    sent = {"X-Trace-Id": "t-1", "Cookie": "session=caller", "Anthropic-Beta": "theirs", "X-Api-Key": KEY, "User-Agent": "cli/1"}
    received = await went_up(caller, standin, "new-api", temperature=1, headers=sent)
    assert received.json() == {
        "model": "new-api",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello!"}],
        "temperature": 0,
        "user": "everybody",
    }
    assert received.headers["authorization"] == f"Token {VENDOR_KEY}"
    assert (received.headers["x-id"], received.headers["user-agent"]) == ("t-1", "cli/1")
    assert received.headers["anthropic-beta"] == "theirs,ours"


async def test_nothing_of_a_callers_credentials_goes_up(caller: httpx.AsyncClient, standin: StandIn) -> None:
    sent = {"Cookie": "session=caller", "X-Api-Key": KEY, "Proxy-Authorization": KEY, "X-Forwarded-For": "10.9.8.7"}
    for model in ("plain", "new-api"):
        received = await went_up(caller, standin, model, headers=sent)
        assert KEY not in str(received.headers)
        assert "session=caller" not in str(received.headers)
        assert "10.9.8.7" not in str(received.headers)
        assert received.headers["content-length"] == str(len(received.body))


async def test_an_operators_refusal_reaches_the_caller_in_its_format(caller: httpx.AsyncClient, standin: StandIn) -> None:
    before = len(standin.received)
    reply = await caller.post(CHAT, json=request("new-api"), headers={"X-Closed": "yes"})
    assert reply.status_code == 451
    assert reply.json()["error"]["message"] == "Not in this group."
    assert reply.json()["error"]["code"] == "closed"
    assert len(standin.received) == before


@pytest.mark.parametrize(
    ("model", "status", "seen"), [("plain", 429, 503), ("plain", 400, 400), ("new-api", 400, 422), ("plain", 401, 500)]
)
async def test_a_failure_has_the_status_that_the_operator_gave_it(
    caller: httpx.AsyncClient, standin: StandIn, model: str, status: int, seen: int
) -> None:
    standin.on(model, json_answer(error("no", "because"), status))
    assert (await caller.post(CHAT, json=request(model))).status_code == seen


async def test_a_failure_without_an_answer_has_it_too(caller: httpx.AsyncClient) -> None:
    assert (await caller.post(CHAT, json=request("dead"))).status_code == 500


async def test_fields_are_stripped_and_the_prompt_is_added(caller: httpx.AsyncClient, standin: StandIn) -> None:
    received = await went_up(caller, standin, "fields", service_tier="priority", store=True, user="u")
    messages = [{"role": "system", "content": "Ours."}, {"role": "user", "content": "Hello"}]
    assert received.json() == {"model": "fields", "messages": messages, "user": "u"}


async def test_a_suffix_asks_for_reasoning(caller: httpx.AsyncClient, standin: StandIn) -> None:
    received = await went_up(caller, standin, "gpt-5-high", "gpt-5")
    assert (received.json()["model"], received.json()["reasoning_effort"]) == ("gpt-5", "high")


async def test_a_model_may_be_changed_by_an_override(caller: httpx.AsyncClient, standin: StandIn) -> None:
    assert (await went_up(caller, standin, "renamed", "renamed-2")).json()["model"] == "renamed-2"


async def test_thoughts_reach_an_sdk_as_content(gateway: RunningGateway, standin: StandIn) -> None:
    thoughts = [chunk({"reasoning_content": "h"}), chunk({"reasoning_content": "m"})]
    standin.on("thoughts", sse_answer(*thoughts, *text_stream("Hi")[1:], DONE))
    async with openai.AsyncOpenAI(base_url=gateway.url + "/v1", api_key=KEY, max_retries=0, timeout=20) as sdk:
        stream = await sdk.chat.completions.create(
            model="thoughts", messages=[{"role": "user", "content": "q"}], stream=True, stream_options={"include_usage": True}
        )
        text = "".join([part.choices[0].delta.content or "" async for part in stream])
    assert text == "<think>\nhm\n</think>\n\nHi"


async def test_no_key_is_in_the_log(gateway: RunningGateway) -> None:
    assert KEY not in gateway.log()
    assert VENDOR_KEY not in gateway.log()
