"""The official openai SDK talks to a vendor of Anthropic's format, and cannot tell."""

import asyncio
from typing import Any

import httpx
import openai
import pytest
from pydantic import BaseModel

from tests.support.chat import request
from tests.support.messages import (
    PING,
    error,
    message,
    sse,
    start,
    stream,
    text,
    text_block,
    thinking_block,
    tool_block,
    tool_use,
)
from tests.support.official import collect
from tests.support.standin import StandIn, json_answer, sse_answer

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
WEATHER = {"type": "function", "function": {"name": "weather", "description": "Tells it", "parameters": SCHEMA}}


def on(standin: StandIn, model: str, *answers: Any) -> None:
    standin.on(model, *answers, at="anthropic")


def sent(standin: StandIn, model: str, number: int = 0) -> Any:
    return standin.requests(model)[number].json()


async def test_unary(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "a-claude-sonnet-4-5", json_answer(message(text("Bonjour"))))
    asked = request("a-claude-sonnet-4-5", temperature=1.5, stop="END", user="u-1", seed=7, frequency_penalty=0.5)
    asked["messages"].insert(0, {"role": "developer", "content": "Be kind."})
    raw = await gpt.chat.completions.with_raw_response.create(**asked)
    assert raw.headers["x-aihub-dropped"] == "frequency_penalty, seed"
    reply = raw.parse()
    assert (reply.choices[0].message.content, reply.choices[0].finish_reason) == ("Bonjour", "stop")
    assert reply.usage is not None
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens, reply.usage.total_tokens) == (18, 3, 21)
    assert reply.usage.prompt_tokens_details is not None
    assert reply.usage.prompt_tokens_details.cached_tokens == 5
    (received,) = standin.requests("a-claude-sonnet-4-5")
    assert received.path == "/anthropic/v1/messages"
    assert received.headers["anthropic-version"] == "2023-06-01"
    assert received.json() == {
        "model": "a-claude-sonnet-4-5",
        "max_tokens": 32_000,
        "system": [{"type": "text", "text": "Be kind."}],
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello"}]}],
        "temperature": 1.0,
        "stop_sequences": ["END"],
        "metadata": {"user_id": "u-1"},
    }


async def test_stream(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    answer = stream(text_block(0, "Bon", "jour"))
    on(standin, "a-stream", sse_answer(sse(start()), sse(PING), *answer[1:]))
    asked = request("a-stream", stream_options={"include_usage": True})
    chunks = [chunk async for chunk in await gpt.chat.completions.create(**asked, stream=True)]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "Bonjour"
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert [chunk.usage.prompt_tokens for chunk in chunks if chunk.usage] == [18]
    assert len({(chunk.id, chunk.created, chunk.model) for chunk in chunks}) == 1


async def test_usage_is_hidden_from_who_did_not_ask(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "a-no-usage", sse_answer(*stream(text_block(0, "Hi"))))
    chunks = [chunk async for chunk in await gpt.chat.completions.create(**request("a-no-usage"), stream=True)]
    assert not any(chunk.usage for chunk in chunks)
    assert all(chunk.choices for chunk in chunks)


async def test_parallel_tool_calls_over_two_turns(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    calls = [tool_use("toolu_1", "weather", city="Oslo"), tool_use("toolu_2", "weather", city="Rome")]
    on(
        standin,
        "a-tools",
        json_answer(message(text("Let me see."), *calls, stop="tool_use")),
        json_answer(message(text("Cold and warm"))),
    )
    asked = request("a-tools", tools=[WEATHER], tool_choice="required", parallel_tool_calls=False)
    reply = await gpt.chat.completions.create(**asked)
    choice = reply.choices[0]
    assert (choice.finish_reason, choice.message.content) == ("tool_calls", "Let me see.")
    assert [(call.id, call.function.arguments) for call in choice.message.tool_calls or []] == [
        ("toolu_1", '{"city":"Oslo"}'),
        ("toolu_2", '{"city":"Rome"}'),
    ]
    first = sent(standin, "a-tools")
    assert first["tools"] == [{"name": "weather", "description": "Tells it", "input_schema": SCHEMA}]
    assert first["tool_choice"] == {"type": "any", "disable_parallel_tool_use": True}
    asked["messages"] += [
        choice.message.model_dump(exclude_none=True),
        {"role": "tool", "tool_call_id": "toolu_1", "content": "-3"},
        {"role": "tool", "tool_call_id": "toolu_2", "content": "21"},
        {"role": "user", "content": "Well?"},
    ]
    final = await gpt.chat.completions.create(**asked)
    assert final.choices[0].message.content == "Cold and warm"
    user, assistant, results = sent(standin, "a-tools", 1)["messages"]
    assert user == first["messages"][0]
    assert assistant["content"] == [text("Let me see."), *calls]
    assert [block["type"] for block in results["content"]] == ["tool_result", "tool_result", "text"]


async def test_streamed_tool_calls(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    blocks = (
        text_block(0, "Let me see."),
        tool_block(1, "toolu_1", "weather", "", '{"ci', 'ty":"Oslo"}'),
        tool_block(2, "toolu_2", "now"),
    )
    on(standin, "a-tool-stream", sse_answer(*stream(*blocks, stop="tool_use")))
    async with gpt.chat.completions.stream(**request("a-tool-stream", tools=[WEATHER])) as events:
        final = await events.get_final_completion()
    calls = final.choices[0].message.tool_calls or []
    assert [(call.id, call.function.name, call.function.arguments) for call in calls] == [
        ("toolu_1", "weather", '{"city":"Oslo"}'),
        ("toolu_2", "now", "{}"),
    ]
    assert final.choices[0].finish_reason == "tool_calls"


THOUGHT = {"type": "thinking", "thinking": "hm", "signature": "sig=="}


@pytest.mark.parametrize("streamed", [False, True])
async def test_signed_thinking_comes_back_with_the_call_that_it_led_to(
    gpt: openai.AsyncOpenAI, standin: StandIn, streamed: bool
) -> None:
    model = f"a-claude-sonnet-4-5-think-{streamed}"
    call = f"toolu_{streamed}"
    if streamed:
        first = sse_answer(*stream(thinking_block(0, "sig==", "h", "m"), tool_block(1, call, "weather", "{}"), stop="tool_use"))
    else:
        first = json_answer(message(THOUGHT, tool_use(call, "weather"), stop="tool_use"))
    on(standin, model, first, json_answer(message(text("Cold"))))
    asked = request(model, tools=[WEATHER], reasoning_effort="high")
    if streamed:
        async with gpt.chat.completions.stream(**asked) as events:
            reply = (await events.get_final_completion()).choices[0].message
    else:
        reply = (await gpt.chat.completions.create(**asked)).choices[0].message
    assert reply.model_dump()["reasoning_content"] == "hm"
    assert sent(standin, model)["thinking"] == {"type": "enabled", "budget_tokens": 16_384}
    shown = {"role": "assistant", "content": None, "tool_calls": [each.model_dump() for each in reply.tool_calls or []]}
    asked["messages"] += [shown, {"role": "tool", "tool_call_id": call, "content": "-3"}]
    await gpt.chat.completions.create(**asked)
    second = sent(standin, model, 1)
    assert second["messages"][1]["content"] == [THOUGHT, tool_use(call, "weather")]
    assert second["thinking"]["type"] == "enabled"


async def test_without_the_thinking_of_a_call_the_rest_of_it_goes_on_without(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "a-claude-sonnet-4-5-lost", json_answer(message()))
    call = {"id": "call_elsewhere", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
    asked = request("a-claude-sonnet-4-5-lost", tools=[WEATHER], reasoning_effort="high")
    asked["messages"] += [
        {"role": "assistant", "content": None, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_elsewhere", "content": "-3"},
    ]
    raw = await gpt.chat.completions.with_raw_response.create(**asked)
    assert raw.headers["x-aihub-dropped"] == "reasoning"
    assert "thinking" not in sent(standin, "a-claude-sonnet-4-5-lost")


async def test_pictures_and_documents(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "a-media", json_answer(message()))
    asked = request("a-media")
    asked["messages"][0]["content"] = [
        {"type": "image_url", "image_url": {"url": f"data:image/jpg;base64,{PIXEL}", "detail": "low"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.jpg"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0xLjQK"}},
        {"type": "text", "text": "What is this?"},
    ]
    await gpt.chat.completions.create(**asked)
    assert sent(standin, "a-media")["messages"][0]["content"] == [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}},
        {"type": "image", "source": {"type": "url", "url": "https://example.com/a.jpg"}},
        {
            "type": "document",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0xLjQK"},
            "title": "a.pdf",
        },
        text("What is this?"),
    ]


class City(BaseModel):
    name: str


async def test_structured_output(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "a-json", json_answer(message(text('{"name": "Oslo"}'))))
    reply = await gpt.chat.completions.parse(**request("a-json"), response_format=City)
    assert reply.choices[0].message.parsed == City(name="Oslo")
    form = sent(standin, "a-json")["output_config"]["format"]
    assert (form["type"], form["schema"]["additionalProperties"]) == ("json_schema", False)


@pytest.mark.parametrize(
    ("stop", "finish"),
    [
        ("max_tokens", "length"),
        ("model_context_window_exceeded", "length"),
        ("refusal", "content_filter"),
        ("stop_sequence", "stop"),
        ("tool_use", "stop"),
        ("from_the_future", "stop"),
    ],
)
async def test_stop_reasons(gpt: openai.AsyncOpenAI, standin: StandIn, stop: str, finish: str) -> None:
    on(standin, f"a-{stop}", json_answer(message(stop=stop)), sse_answer(*stream(text_block(0, "Hi"), stop=stop)))
    whole = await gpt.chat.completions.create(**request(f"a-{stop}"))
    assert whole.choices[0].finish_reason == finish
    chunks = [chunk async for chunk in await gpt.chat.completions.create(**request(f"a-{stop}"), stream=True)]
    assert [each.choices[0].finish_reason for each in chunks if each.choices[0].finish_reason] == [finish]


@pytest.mark.parametrize(
    ("status", "kind", "seen", "raised"),
    [
        (400, "invalid_request_error", 400, openai.BadRequestError),
        (404, "not_found_error", 404, openai.NotFoundError),
        (413, "request_too_large", 413, openai.APIStatusError),
        (429, "rate_limit_error", 429, openai.RateLimitError),
        (500, "api_error", 500, openai.InternalServerError),
        (529, "overloaded_error", 503, openai.InternalServerError),
        (401, "authentication_error", 502, openai.InternalServerError),
        (402, "billing_error", 502, openai.InternalServerError),
    ],
)
async def test_an_error_is_the_sdks_own(
    gpt: openai.AsyncOpenAI, standin: StandIn, status: int, kind: str, seen: int, raised: type[openai.APIStatusError]
) -> None:
    on(standin, f"a-{status}", json_answer(error(kind, "so it is"), status, retry_after="7"))
    with pytest.raises(raised) as caught:
        await gpt.chat.completions.create(**request(f"a-{status}"))
    assert caught.value.status_code == seen
    assert caught.value.response.headers["retry-after"] == "7"
    body: Any = caught.value.body
    assert set(body) == {"message", "type", "param", "code", "request_id"}
    assert seen == 502 or body["message"] == "so it is"


async def test_a_prompt_that_is_too_long_has_openais_code(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "a-long", json_answer(error("invalid_request_error", "prompt is too long: 9 tokens > 8 maximum"), 400))
    with pytest.raises(openai.BadRequestError) as caught:
        await gpt.chat.completions.create(**request("a-long"))
    assert caught.value.code == "context_length_exceeded"


async def test_a_stream_that_is_cut_ends_with_an_error(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "a-cut", sse_answer(*stream(text_block(0, "Bon", "jour"))[:3], cut=True))
    chunks: list[Any] = []
    events = await gpt.chat.completions.create(**request("a-cut"), stream=True)
    with pytest.raises(openai.APIError, match="closed the stream"):
        await collect(events, chunks)
    assert [chunk.choices[0].finish_reason for chunk in chunks] == [None, None]


async def test_an_error_in_the_middle_of_a_stream(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    broken = [*stream(text_block(0, "Bon"))[:3], sse(error("overloaded_error", "Overloaded"))]
    on(standin, "a-inband", sse_answer(*broken))
    with pytest.raises(openai.APIError, match="Overloaded"):
        _ = [chunk async for chunk in await gpt.chat.completions.create(**request("a-inband"), stream=True)]


async def test_closing_a_stream_closes_the_upstream(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "a-leaves", sse_answer(*stream(text_block(0, "Bon"))[:3], hold=True))
    chunks = await gpt.chat.completions.create(**request("a-leaves"), stream=True)
    async for _ in chunks:
        break
    await chunks.close()
    async with asyncio.timeout(2):
        await standin.requests("a-leaves")[0].left.wait()


async def test_limits_are_told_under_openais_names(http: httpx.AsyncClient, standin: StandIn) -> None:
    limits = {"anthropic_ratelimit_tokens_limit": "80000", "anthropic_ratelimit_tokens_remaining": "79000"}
    on(standin, "a-limits", json_answer(message(), **limits))
    headers = (await http.post("/v1/chat/completions", json=request("a-limits"))).headers
    assert (headers["x-ratelimit-limit-tokens"], headers["x-ratelimit-remaining-tokens"]) == ("80000", "79000")
    assert not [name for name in headers if name.startswith("anthropic")]


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"n": 2}, "n"),
        (
            {"messages": [{"role": "user", "content": [{"type": "input_audio", "input_audio": {"data": "", "format": "wav"}}]}]},
            "messages[0]",
        ),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages[0].role"),
        ({"tools": [{"type": "image_generation"}]}, "tools[0]"),
    ],
)
async def test_what_cannot_be_converted_is_refused_by_its_name(http: httpx.AsyncClient, more: dict[str, Any], param: str) -> None:
    reply = await http.post("/v1/chat/completions", json=request("a-refused", **more))
    assert (reply.status_code, reply.json()["error"]["param"]) == (400, param)


async def test_a_free_text_tool_is_a_function_on_the_way_and_free_text_again(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    call = tool_use("toolu_1", "apply_patch", input="*** Begin Patch\n")
    on(standin, "a-custom", json_answer(message(call, stop="tool_use")), json_answer(message()))
    tool = {"type": "custom", "custom": {"name": "apply_patch", "description": "Edits"}}
    asked = request("a-custom", tools=[tool])
    reply = (await gpt.chat.completions.create(**asked)).choices[0].message
    (made,) = reply.tool_calls or []
    assert made.type == "custom"
    assert (made.custom.name, made.custom.input) == ("apply_patch", "*** Begin Patch\n")
    asked["messages"] += [reply.model_dump(exclude_none=True), {"role": "tool", "tool_call_id": "toolu_1", "content": "ok"}]
    await gpt.chat.completions.create(**asked)
    assert sent(standin, "a-custom", 1)["messages"][1]["content"] == [call]


async def test_names_that_the_vendor_refuses_are_restored(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    tool = {"type": "function", "function": {"name": "weather.now/x", "parameters": SCHEMA}}
    on(standin, "a-names", json_answer(message()))
    await gpt.chat.completions.create(**request("a-names", tools=[tool]))
    name = sent(standin, "a-names")["tools"][0]["name"]
    assert name.startswith("weather_now_x_")
    on(standin, "a-names", json_answer(message(tool_use("toolu_1", name), stop="tool_use")))
    reply = await gpt.chat.completions.create(**request("a-names", tools=[tool]))
    assert [call.function.name for call in reply.choices[0].message.tool_calls or []] == ["weather.now/x"]
