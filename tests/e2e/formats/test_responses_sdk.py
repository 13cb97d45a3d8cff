"""The official openai SDK's `responses` over a vendor of that format."""

import asyncio
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from tests.support.official import collect
from tests.support.responses import call, request, response, result, sse, stream, text
from tests.support.standin import StandIn, json_answer, sse_answer

WEATHER: dict[str, Any] = {"type": "function", "name": "weather", "parameters": {"type": "object"}, "strict": False}


class City(BaseModel):
    name: str


def on(standin: StandIn, model: str, *answers: Any) -> None:
    standin.on(model, *answers, at="openai")


async def test_unary_with_the_callers_bytes(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "o-r-unary", json_answer(response(text("Bonjour"))))
    asked = request("o-r-unary", [{"role": "user", "content": "Hello"}], store=False)
    reply = await gpt.responses.create(**asked)
    assert (reply.output_text, reply.status) == ("Bonjour", "completed")
    assert reply.usage is not None
    assert reply.usage.total_tokens == 21
    (received,) = standin.requests("o-r-unary")
    assert (received.path, received.json()) == ("/openai/v1/responses", asked)


async def test_the_accumulating_helper(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "o-r-stream", sse_answer(*stream(text("Bonjour"), call("call_1", "weather", '{"city":"Oslo"}'))))
    async with gpt.responses.stream(model="o-r-stream", input="Hello", tools=[WEATHER]) as events:
        deltas = [event.delta async for event in events if event.type == "response.output_text.delta"]
        final = await events.get_final_response()
    assert ("".join(deltas), final.output_text) == ("Bonjour", "Bonjour")
    assert final.output[1].type == "function_call"
    assert final.output[1].arguments == '{"city":"Oslo"}'


async def test_structured_output(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "o-r-parse", json_answer(response(text('{"name":"Oslo"}'))))
    reply = await gpt.responses.parse(model="o-r-parse", input="Where?", text_format=City)
    assert reply.output_parsed == City(name="Oslo")


async def test_tools_over_two_turns_without_the_gateways_memory(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "o-r-tools", json_answer(response(call("call_1", "weather"))), json_answer(response(text("Cold"))))
    given: list[Any] = [{"role": "user", "content": "Well?"}]
    first = await gpt.responses.create(**request("o-r-tools", given, tools=[WEATHER], store=False))
    given += [*(item.model_dump(exclude_none=True) for item in first.output), result("call_1", "-3")]
    final = await gpt.responses.create(**request("o-r-tools", given, tools=[WEATHER], store=False))
    assert final.output_text == "Cold"
    assert standin.requests("o-r-tools")[1].json()["input"] == given


@pytest.mark.parametrize(
    ("status", "raised"),
    [(400, openai.BadRequestError), (404, openai.NotFoundError), (429, openai.RateLimitError), (500, openai.InternalServerError)],
)
async def test_a_vendors_error_is_raised_as_the_sdks_own(
    gpt: openai.AsyncOpenAI, standin: StandIn, status: int, raised: type[openai.APIStatusError]
) -> None:
    error = {"error": {"message": "so it is", "type": "some", "param": None, "code": "some_code"}}
    on(standin, f"o-r-{status}", json_answer(error, status, retry_after="7"))
    with pytest.raises(raised) as caught:
        await gpt.responses.create(**request(f"o-r-{status}"))
    assert (caught.value.code, caught.value.response.headers["retry-after"]) == ("some_code", "7")


async def test_a_stream_that_fails_before_it_says_anything_has_an_error_status(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    begun = stream(text("Hi"))[:2]
    error = {"type": "rate_limit_error", "code": "rate_limit_exceeded", "message": "slow down", "param": None}
    on(standin, "o-r-first", sse_answer(*begun, sse("error", 2, {"error": error})))
    with pytest.raises(openai.RateLimitError):
        await gpt.responses.create(**request("o-r-first"), stream=True)


async def test_a_response_that_failed_is_an_error(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    failed = response(status="failed", error={"code": "server_error", "message": "It broke."})
    on(standin, "o-r-failed", json_answer(failed))
    with pytest.raises(openai.InternalServerError):
        await gpt.responses.create(**request("o-r-failed"))


async def test_a_stream_that_is_cut_ends_with_an_error_and_a_failed_response(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "o-r-cut", sse_answer(*stream(text("Bonjour"))[:5], cut=True))
    found: list[Any] = []
    with pytest.raises(openai.APIError, match="closed the stream"):
        await collect(await gpt.responses.create(**request("o-r-cut"), stream=True), found)
    assert [event.sequence_number for event in found] == [0, 1, 2, 3, 4]
    async with gpt.responses.with_streaming_response.create(**request("o-r-cut"), stream=True) as raw:
        body = (await raw.read()).decode()
    assert '"type":"error"' in body
    assert body.rstrip().splitlines()[-1].endswith('"sequence_number":6}')
    assert "event: response.failed" in body


async def test_closing_a_stream_closes_the_upstream(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "o-r-leave", sse_answer(*stream(text("Bonjour"))[:5], hold=True))
    events = await gpt.responses.create(**request("o-r-leave"), stream=True)
    async for _ in events:
        break
    await events.close()
    async with asyncio.timeout(2):
        await standin.requests("o-r-leave")[0].left.wait()


@pytest.mark.parametrize(("name", "value"), [("background", True), ("conversation", "conv_1")])
async def test_what_would_lie_at_the_vendor_is_refused_by_name(gpt: openai.AsyncOpenAI, name: str, value: Any) -> None:
    with pytest.raises(openai.BadRequestError, match=name) as caught:
        await gpt.responses.create(**request("o-r-refused"), **{name: value})
    assert caught.value.param == name
