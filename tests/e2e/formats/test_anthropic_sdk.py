"""The official anthropic SDK talks to a vendor of its own format, and cannot tell that a gateway is between."""

import asyncio
from typing import Any

import anthropic
import pytest

from tests.e2e.conftest import KEY, VENDOR_KEY
from tests.support.gateway import RunningGateway
from tests.support.messages import (
    PING,
    block,
    error,
    message,
    request,
    sse,
    start,
    stream,
    text,
    text_block,
    thinking_block,
    tool_use,
)
from tests.support.standin import StandIn, json_answer, sse_answer

AT = "anthropic"


def on(standin: StandIn, model: str, *answers: Any) -> None:
    standin.on(model, *answers, at=AT)


async def test_unary(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "a-unary", json_answer(message(text("Bonjour"))))
    reply = await claude.messages.create(**request("a-unary"))
    assert reply.content[0].text == "Bonjour"
    assert (reply.usage.input_tokens, reply.usage.cache_read_input_tokens) == (9, 5)
    assert reply._request_id is not None
    assert reply._request_id.startswith("req_")


async def test_the_vendor_sees_the_channels_key_and_the_callers_bytes(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "a-key", json_answer(message()))
    headers = {"anthropic-beta": "context-1m-2025-08-07", "x-private": "canary"}
    await claude.messages.create(**request("a-key"), extra_headers=headers)
    (sent,) = standin.requests("a-key")
    assert sent.path == "/anthropic/v1/messages"
    assert sent.headers["x-api-key"] == VENDOR_KEY
    assert "authorization" not in sent.headers
    assert sent.headers["anthropic-version"]
    assert sent.headers["anthropic-beta"] == "context-1m-2025-08-07"
    assert sent.json() == request("a-key")
    assert not [name for name in sent.headers if name.startswith(("x-stainless", "x-private"))]


async def test_a_caller_without_a_version_gets_the_vendors_first(http: Any, standin: StandIn) -> None:
    on(standin, "a-version", json_answer(message()))
    reply = await http.post("/v1/messages?beta=true", json=request("a-version"))
    assert reply.status_code == 200
    assert standin.requests("a-version")[0].headers["anthropic-version"] == "2023-06-01"


async def test_stream(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    answer = stream(thinking_block(0, "sig", "hm"), text_block(1, "Bon", "jour"))
    on(standin, "a-stream", sse_answer(sse(start()), sse(PING), *answer[1:]))
    async with claude.messages.stream(**request("a-stream")) as events:
        final = await events.get_final_message()
    assert final.content[0].signature == "sig"
    assert final.content[1].text == "Bonjour"
    assert (final.stop_reason, final.usage.output_tokens) == ("end_turn", 3)


async def test_a_vendor_that_forgets_the_end_mark_is_helped_out(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "a-no-mark", sse_answer(*stream(text_block(0, "Hi"))[:-1]))
    kinds = [event.type async for event in await claude.messages.create(**request("a-no-mark"), stream=True)]
    assert kinds[-2:] == ["message_delta", "message_stop"]


async def test_count_tokens_passes_to_the_vendor(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "a-count", json_answer({"input_tokens": 12}))
    asked = request("a-count")
    del asked["max_tokens"]
    assert (await claude.messages.count_tokens(**asked)).input_tokens == 12
    assert standin.requests("a-count")[0].path == "/anthropic/v1/messages/count_tokens"


async def test_unknown_blocks_pass_both_ways(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    odd = {"type": "browser_state", "opaque": {"a": [1.50, "x"]}}
    on(standin, "a-odd", json_answer(message(odd, text("Hi"))))
    asked = request("a-odd")
    asked["messages"] += [{"role": "assistant", "content": [odd, text("Hi")]}, {"role": "user", "content": "and?"}]
    reply = await claude.messages.create(**asked)
    assert reply.content[0].model_dump()["opaque"] == {"a": [1.5, "x"]}
    assert standin.requests("a-odd")[0].json() == asked


@pytest.mark.parametrize(
    ("status", "kind", "raised"),
    [
        (400, "invalid_request_error", anthropic.BadRequestError),
        (404, "not_found_error", anthropic.NotFoundError),
        (413, "request_too_large", anthropic.RequestTooLargeError),
        (429, "rate_limit_error", anthropic.RateLimitError),
        (500, "api_error", anthropic.InternalServerError),
        (529, "overloaded_error", anthropic.InternalServerError),
    ],
)
async def test_a_vendors_error_is_raised_as_the_sdks_own(
    claude: anthropic.AsyncAnthropic, standin: StandIn, status: int, kind: str, raised: type[anthropic.APIStatusError]
) -> None:
    on(standin, f"a-{status}", json_answer(error(kind, "so it is"), status, retry_after="7"))
    with pytest.raises(raised) as caught:
        await claude.messages.create(**request(f"a-{status}"))
    assert caught.value.status_code == status
    assert caught.value.body == error(kind, "so it is")
    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.request_id is not None


async def test_our_credentials_failure_does_not_blame_the_caller(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "a-ours", json_answer(error("authentication_error", f"invalid x-api-key {VENDOR_KEY}"), 401))
    with pytest.raises(anthropic.InternalServerError) as caught:
        await claude.messages.create(**request("a-ours"))
    assert caught.value.status_code == 502
    assert VENDOR_KEY not in caught.value.response.text


async def test_a_stream_that_is_cut_raises_an_api_error(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "a-cut", sse_answer(*stream(text_block(0, "Bon", "jour"))[:3], cut=True))
    events = await claude.messages.create(**request("a-cut"), stream=True)
    with pytest.raises(anthropic.APIStatusError, match="closed the stream"):
        _ = [event async for event in events]


async def test_a_stream_that_begins_with_an_error_has_an_error_status(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "a-first", sse_answer(sse(PING), sse(error("overloaded_error", "Overloaded"))))
    with pytest.raises(anthropic.InternalServerError) as caught:
        await claude.messages.create(**request("a-first"), stream=True)
    assert caught.value.status_code == 529


async def test_closing_a_stream_closes_the_upstream(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "a-leave", sse_answer(*stream(text_block(0, "Bon"))[:3], hold=True))
    async with claude.messages.stream(**request("a-leave")) as events:
        async for _ in events:
            break
    async with asyncio.timeout(2):
        await standin.requests("a-leave")[0].left.wait()


async def test_the_gateways_own_errors_are_in_anthropics_envelope(gateway: RunningGateway, http: Any) -> None:
    async with anthropic.AsyncAnthropic(base_url=gateway.url, api_key="sk-nobody", max_retries=0) as client:
        with pytest.raises(anthropic.AuthenticationError) as caught:
            await client.messages.create(**request("a-x"))
    body: Any = caught.value.body
    assert (body["type"], body["error"]["type"]) == ("error", "authentication_error")
    assert body["request_id"] == caught.value.request_id
    wrong = await http.get("/v1/messages")
    assert (wrong.status_code, wrong.headers["allow"]) == (405, "POST")
    assert wrong.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize("bearer", [False, True])
async def test_both_of_the_sdks_ways_to_show_a_key_are_taken(gateway: RunningGateway, standin: StandIn, bearer: bool) -> None:
    on(standin, "a-auth", json_answer(message()))
    key: dict[str, Any] = {"auth_token": KEY} if bearer else {"api_key": KEY}
    async with anthropic.AsyncAnthropic(base_url=gateway.url, max_retries=0, **key) as client:
        assert (await client.messages.create(**request("a-auth"))).content[0].text == "Hi there"


async def test_models_are_listed_in_anthropics_shape(claude: anthropic.AsyncAnthropic) -> None:
    assert [model.id async for model in claude.models.list()] == []  # wildcards alone
    found = await claude.models.retrieve("a-name/with:things")
    assert (found.type, found.id) == ("model", "a-name/with:things")
    with pytest.raises(anthropic.NotFoundError, match="z-unknown"):
        await claude.models.retrieve("z-unknown")


async def test_a_tool_call_without_arguments_streams(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "a-bare", sse_answer(*stream(block(0, tool_use("toolu_1", "now")), stop="tool_use")))
    async with claude.messages.stream(**request("a-bare")) as events:
        final = await events.get_final_message()
    assert final.content[0].input == {}
