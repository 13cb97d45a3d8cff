"""The official openai SDK talks to the gateway and cannot tell."""

import asyncio

import openai
import pytest

from tests.e2e.conftest import VENDOR_KEY
from tests.support.chat import DONE, chunk, completion, error, request, text_stream, usage_chunk
from tests.support.gateway import RunningGateway
from tests.support.standin import StandIn, json_answer, sse_answer

WEATHER = {
    "type": "function",
    "function": {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}},
}


async def test_unary(sdk: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("sdk-unary", json_answer(completion("Bonjour")))
    reply = await sdk.chat.completions.create(**request("sdk-unary"))
    assert reply.choices[0].message.content == "Bonjour"
    assert reply.usage is not None
    assert reply.usage.total_tokens == 12


async def test_the_vendor_sees_the_channels_key_and_the_callers_bytes(sdk: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("sdk-key", json_answer(completion()))
    await sdk.chat.completions.create(**request("sdk-key"))
    (sent,) = standin.requests("sdk-key")
    assert sent.path == "/v1/chat/completions"
    assert sent.headers["authorization"] == f"Bearer {VENDOR_KEY}"
    assert sent.json() == request("sdk-key")
    assert not [name for name in sent.headers if name.startswith(("x-stainless", "cookie"))]


async def test_stream(sdk: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("sdk-stream", sse_answer(*text_stream("Bon", "jour"), usage_chunk(), DONE))
    stream = await sdk.chat.completions.create(**request("sdk-stream"), stream=True)
    chunks = [piece async for piece in stream]
    assert "".join(piece.choices[0].delta.content or "" for piece in chunks if piece.choices) == "Bonjour"
    assert chunks[-1].choices[0].finish_reason == "stop"


async def test_usage_is_asked_for_and_hidden_from_who_did_not_ask(sdk: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("sdk-usage", sse_answer(*text_stream("Hi"), usage_chunk(), DONE))
    stream = await sdk.chat.completions.create(**request("sdk-usage"), stream=True)
    assert [piece async for piece in stream if piece.usage] == []
    assert standin.requests("sdk-usage")[0].json()["stream_options"] == {"include_usage": True}


async def test_usage_is_shown_to_who_asked(sdk: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("sdk-usage-shown", sse_answer(*text_stream("Hi"), usage_chunk(), DONE))
    stream = await sdk.chat.completions.create(
        **request("sdk-usage-shown"), stream=True, stream_options={"include_usage": True, "include_obfuscation": False}
    )
    assert [piece.usage.total_tokens async for piece in stream if piece.usage] == [12]
    sent = standin.requests("sdk-usage-shown")[0].json()
    assert sent["stream_options"] == {"include_usage": True, "include_obfuscation": False}


async def test_parallel_tool_calls_over_two_turns(sdk: openai.AsyncOpenAI, standin: StandIn) -> None:
    calls = [
        {"id": f"call_{city}", "type": "function", "function": {"name": "weather", "arguments": f'{{"city":"{city}"}}'}}
        for city in ("Oslo", "Rome")
    ]
    first = completion()
    first["choices"][0] |= {"finish_reason": "tool_calls", "message": {"role": "assistant", "content": None, "tool_calls": calls}}
    standin.on("sdk-tools", json_answer(first), json_answer(completion("Cold and warm")))
    asked = request("sdk-tools", tools=[WEATHER])
    reply = await sdk.chat.completions.create(**asked)
    assert [call.id for call in reply.choices[0].message.tool_calls or []] == ["call_Oslo", "call_Rome"]
    answers = [{"role": "tool", "tool_call_id": call["id"], "content": "12"} for call in calls]
    asked["messages"] += [reply.choices[0].message.model_dump(exclude_none=True), *answers]
    final = await sdk.chat.completions.create(**asked)
    assert final.choices[0].message.content == "Cold and warm"
    assert [m["role"] for m in standin.requests("sdk-tools")[1].json()["messages"]] == ["user", "assistant", "tool", "tool"]


async def test_streamed_tool_call(sdk: openai.AsyncOpenAI, standin: StandIn) -> None:
    start = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": ""}}
    parts = [{"index": 0, "function": {"arguments": text}} for text in ('{"city"', ':"Oslo"}')]
    events = [chunk({"role": "assistant", "content": None}), *(chunk({"tool_calls": [part]}) for part in (start, *parts))]
    standin.on("sdk-tool-stream", sse_answer(*events, chunk({}, "tool_calls"), DONE))
    stream = await sdk.chat.completions.create(**request("sdk-tool-stream", tools=[WEATHER]), stream=True)
    deltas = [call async for piece in stream for call in piece.choices[0].delta.tool_calls or []]
    assert "".join(call.function.arguments or "" for call in deltas if call.function) == '{"city":"Oslo"}'


@pytest.mark.parametrize(
    ("status", "raised"),
    [
        (400, openai.BadRequestError),
        (404, openai.NotFoundError),
        (422, openai.UnprocessableEntityError),
        (429, openai.RateLimitError),
        (500, openai.InternalServerError),
        (503, openai.InternalServerError),
    ],
)
async def test_a_vendors_error_is_raised_as_the_sdks_own(
    sdk: openai.AsyncOpenAI, standin: StandIn, status: int, raised: type[openai.APIStatusError]
) -> None:
    standin.on(f"sdk-{status}", json_answer(error("so it is", "some_code"), status, retry_after="7"))
    with pytest.raises(raised) as caught:
        await sdk.chat.completions.create(**request(f"sdk-{status}"))
    assert caught.value.status_code == status
    assert caught.value.code == "some_code"
    assert caught.value.response.headers["retry-after"] == "7"
    assert caught.value.request_id is not None
    assert caught.value.request_id.startswith("req_")


@pytest.mark.parametrize(("status", "code"), [(401, "invalid_api_key"), (402, "Payment"), (429, "insufficient_quota")])
async def test_our_credentials_failure_is_a_502_that_does_not_blame_the_caller(
    sdk: openai.AsyncOpenAI, standin: StandIn, status: int, code: str
) -> None:
    standin.on(f"sdk-ours-{status}", json_answer(error(f"Incorrect API key: {VENDOR_KEY}", code), status))
    with pytest.raises(openai.InternalServerError) as caught:
        await sdk.chat.completions.create(**request(f"sdk-ours-{status}"))
    assert caught.value.status_code == 502
    assert caught.value.code == "upstream_credentials_refused"
    assert VENDOR_KEY not in caught.value.response.text


async def test_a_stream_that_begins_with_an_error_has_an_error_status(sdk: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("sdk-first-error", sse_answer(b": hold on\n\n", error("slow down", "rate_limit_exceeded", "rate_limit_error")))
    with pytest.raises(openai.RateLimitError):
        await sdk.chat.completions.create(**request("sdk-first-error"), stream=True)


async def test_a_stream_that_is_cut_raises_an_api_error(sdk: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("sdk-cut", sse_answer(*text_stream("Bon", "jour")[:2], cut=True))
    stream = await sdk.chat.completions.create(**request("sdk-cut"), stream=True)
    first, second = await anext(stream), await anext(stream)
    assert [first.choices[0].delta.content, second.choices[0].delta.content] == ["", "Bon"]
    with pytest.raises(openai.APIError, match="closed the stream"):
        await anext(stream)


async def test_wrong_key(gateway: RunningGateway) -> None:
    async with openai.AsyncOpenAI(base_url=gateway.url + "/v1", api_key="sk-nobody", max_retries=0) as client:
        with pytest.raises(openai.AuthenticationError):
            await client.chat.completions.create(**request("echo"))


async def test_unknown_model(gateway: RunningGateway) -> None:
    async with openai.AsyncOpenAI(base_url=gateway.url + "/v1", api_key="sk-test-narrow", max_retries=0) as client:
        with pytest.raises(openai.NotFoundError, match="gpt-nothing"):
            await client.chat.completions.create(**request("gpt-nothing"))


async def test_models(sdk: openai.AsyncOpenAI) -> None:
    assert "echo" in [model.id async for model in sdk.models.list()]
    assert (await sdk.models.retrieve("some/name:with things")).id == "some/name:with things"


async def test_closing_a_stream_closes_the_upstream(sdk: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("sdk-leave", sse_answer(*text_stream("Bon")[:2], hold=True))
    stream = await sdk.chat.completions.create(**request("sdk-leave"), stream=True)
    async for _ in stream:
        break
    await stream.close()
    async with asyncio.timeout(2):
        await standin.requests("sdk-leave")[0].left.wait()


async def test_the_echo_vendor_answers_and_streams(sdk: openai.AsyncOpenAI) -> None:
    reply = await sdk.chat.completions.create(**request("echo", "Hello, AiHub"))
    assert reply.choices[0].message.content == "Hello, AiHub"
    stream = await sdk.chat.completions.create(
        **request("echo", "Hello, AiHub"), stream=True, stream_options={"include_usage": True}
    )
    chunks = [piece async for piece in stream]
    assert "".join(piece.choices[0].delta.content or "" for piece in chunks if piece.choices) == "Hello, AiHub"
    assert chunks[-1].usage is not None
