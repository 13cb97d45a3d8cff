"""The official openai SDK talks to a vendor of Gemini's format, and cannot tell."""

import asyncio
from typing import Any

import openai
import pytest
from pydantic import BaseModel

from tests.e2e.conftest import VENDOR_KEY
from tests.support.chat import request
from tests.support.gemini import call, error, reply, rpc, stream, text, thought
from tests.support.official import collect
from tests.support.standin import Answer, StandIn, json_answer, sse_answer

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
WEATHER = {"type": "function", "function": {"name": "weather", "description": "Tells it", "parameters": SCHEMA}}


def on(standin: StandIn, model: str, *answers: Answer) -> None:
    standin.on(model, *answers, at="gemini")


def sent(standin: StandIn, model: str, number: int = 0) -> Any:
    return standin.requests(model)[number].json()


async def test_unary(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "g-gemini-2.5-flash", json_answer(reply(thought("hm"), text("Bonjour"))))
    asked = request("g-gemini-2.5-flash", temperature=1.5, stop="END", user="u-1", seed=7, max_tokens=50, reasoning_effort="low")
    asked["messages"].insert(0, {"role": "developer", "content": "Be kind."})
    raw = await gpt.chat.completions.with_raw_response.create(**asked)
    assert raw.headers["x-aihub-dropped"] == "user"
    answer = raw.parse()
    message: Any = answer.choices[0].message
    assert (message.content, message.reasoning_content, answer.choices[0].finish_reason) == ("Bonjour", "hm", "stop")
    assert answer.usage is not None
    assert (answer.usage.prompt_tokens, answer.usage.completion_tokens, answer.usage.total_tokens) == (9, 7, 16)
    assert answer.usage.completion_tokens_details is not None
    assert answer.usage.completion_tokens_details.reasoning_tokens == 4
    (received,) = standin.requests("g-gemini-2.5-flash")
    assert received.path == "/gemini/v1beta/models/g-gemini-2.5-flash:generateContent"
    assert received.headers["x-goog-api-key"] == VENDOR_KEY
    assert received.json() == {
        "systemInstruction": {"parts": [{"text": "Be kind."}]},
        "contents": [{"role": "user", "parts": [{"text": "Hello"}]}],
        "generationConfig": {
            "temperature": 1.5,
            "seed": 7,
            "maxOutputTokens": 50,
            "stopSequences": ["END"],
            "thinkingConfig": {"thinkingBudget": 1024, "includeThoughts": True},
        },
    }


async def test_stream(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "g-o-stream", sse_answer(*stream([thought("hm")], [text("Bon")], [text("jour")])))
    asked = request("g-o-stream", stream_options={"include_usage": True})
    chunks: list[Any] = [chunk async for chunk in await gpt.chat.completions.create(**asked, stream=True)]
    assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices) == "Bonjour"
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "stop"
    assert [chunk.usage.total_tokens for chunk in chunks if chunk.usage] == [16]
    assert standin.requests("g-o-stream")[0].path.endswith(":streamGenerateContent?alt=sse")


@pytest.mark.parametrize("streaming", [False, True])
async def test_parallel_calls_and_their_signature_over_two_turns(
    gpt: openai.AsyncOpenAI, standin: StandIn, streaming: bool
) -> None:
    """The signature, for which this caller has no place, is back on the very call."""
    model = f"g-gemini-3-pro-{streaming}"
    calls = [call("weather", "c2ln", city="Oslo"), call("weather", city="Rome")]
    first = sse_answer(*stream(calls[:1], calls[1:])) if streaming else json_answer(reply(*calls))
    on(standin, model, first, json_answer(reply(text("Cold and warm"))))
    asked = request(model, tools=[WEATHER])
    found = await _calls(gpt, asked, streaming)
    assert [name for _, name, _ in found] == ["weather", "weather"]
    assert [arguments for _, _, arguments in found] == ['{"city":"Oslo"}', '{"city":"Rome"}']
    shown = [
        {"id": each, "type": "function", "function": {"name": name, "arguments": arguments}} for each, name, arguments in found
    ]
    results = [
        {"role": "tool", "tool_call_id": each, "content": word} for (each, _, _), word in zip(found, ("c", "w"), strict=True)
    ]
    asked["messages"] += [{"role": "assistant", "content": None, "tool_calls": shown}, *reversed(results)]
    final = await gpt.chat.completions.create(**asked)
    assert final.choices[0].message.content == "Cold and warm"
    contents = sent(standin, model, 1)["contents"]
    assert [content["role"] for content in contents] == ["user", "model", "user"]
    assert contents[1]["parts"] == calls
    assert [part["functionResponse"] for part in contents[2]["parts"]] == [
        {"name": "weather", "response": {"output": word}} for word in ("c", "w")
    ]


async def _calls(gpt: openai.AsyncOpenAI, asked: dict[str, Any], streaming: bool) -> list[tuple[str, str, str]]:
    if not streaming:
        answer = await gpt.chat.completions.create(**asked)
        assert answer.choices[0].finish_reason == "tool_calls"
        made: Any = answer.choices[0].message.tool_calls
        return [(each.id, each.function.name, each.function.arguments) for each in made]
    async with gpt.chat.completions.stream(**asked) as events:
        final: Any = await events.get_final_completion()
    return [(each.id, each.function.name, each.function.arguments) for each in final.choices[0].message.tool_calls]


async def test_a_call_that_gemini_did_not_make_says_so(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "g-gemini-3-flash-foreign", json_answer(reply(text("Cold"))))
    asked = request("g-gemini-3-flash-foreign", tools=[WEATHER])
    shown = [{"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":"Oslo"}'}}]
    asked["messages"] += [
        {"role": "assistant", "content": "Let me see", "tool_calls": shown},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"degrees": 4}'},
    ]
    await gpt.chat.completions.create(**asked)
    contents = sent(standin, "g-gemini-3-flash-foreign")["contents"]
    assert contents[1]["parts"] == [text("Let me see"), call("weather", "skip_thought_signature_validator", city="Oslo")]
    assert contents[2]["parts"] == [{"functionResponse": {"name": "weather", "response": {"degrees": 4}}}]


async def test_pictures_and_files(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "g-o-image", json_answer(reply(text("A pixel"))))
    content = [
        {"type": "text", "text": "What is it?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}", "detail": "low"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/cat.webp"}},
        {"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}},
    ]
    asked = request("g-o-image")
    asked["messages"] = [{"role": "user", "content": content}]
    await gpt.chat.completions.create(**asked)
    assert sent(standin, "g-o-image")["contents"][0]["parts"] == [
        {"text": "What is it?"},
        {"inlineData": {"mimeType": "image/png", "data": PIXEL}},
        {"fileData": {"mimeType": "image/webp", "fileUri": "https://example.com/cat.webp"}},
        {"inlineData": {"mimeType": "audio/wav", "data": "AAAA"}},
    ]


class City(BaseModel):
    name: str


async def test_structured_output(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "g-o-json", json_answer(reply(text('{"name": "Oslo"}'))))
    answer = await gpt.chat.completions.parse(**request("g-o-json"), response_format=City)
    assert answer.choices[0].message.parsed == City(name="Oslo")
    config = sent(standin, "g-o-json")["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    assert config["responseJsonSchema"]["properties"] == {"name": {"title": "Name", "type": "string"}}


@pytest.mark.parametrize(
    ("status", "word", "raised"),
    [
        (400, "INVALID_ARGUMENT", openai.BadRequestError),
        (403, "PERMISSION_DENIED", openai.PermissionDeniedError),
        (404, "NOT_FOUND", openai.NotFoundError),
        (429, "RESOURCE_EXHAUSTED", openai.RateLimitError),
        (503, "UNAVAILABLE", openai.InternalServerError),
    ],
)
async def test_a_vendors_error_is_raised_as_the_sdks_own(
    gpt: openai.AsyncOpenAI, standin: StandIn, status: int, word: str, raised: type[openai.APIStatusError]
) -> None:
    wait = rpc("RetryInfo", retryDelay="48.9s")
    on(standin, f"g-o-{status}", json_answer(error(status, "so it is", word, wait), status))
    with pytest.raises(raised, match="so it is") as caught:
        await gpt.chat.completions.create(**request(f"g-o-{status}"))
    assert caught.value.response.headers["retry-after"] == "49"


async def test_a_prompt_that_is_too_long_has_openais_code(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    said = "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
    on(standin, "g-o-long", json_answer(error(400, said, "INVALID_ARGUMENT"), 400))
    with pytest.raises(openai.BadRequestError) as caught:
        await gpt.chat.completions.create(**request("g-o-long"))
    assert caught.value.code == "context_length_exceeded"


async def test_a_blocked_prompt_is_an_answer_that_was_filtered(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    blocked = {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "usageMetadata": {"promptTokenCount": 9}}
    on(standin, "g-o-blocked", json_answer(blocked))
    answer = await gpt.chat.completions.create(**request("g-o-blocked"))
    assert (answer.choices[0].finish_reason, answer.choices[0].message.content) == ("content_filter", "")


async def test_a_stream_that_is_cut_raises_an_api_error(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "g-o-cut", sse_answer(*stream([text("Bon")], [text("jour")])[:2], cut=True))
    found: list[Any] = []
    with pytest.raises(openai.APIError, match="closed the stream"):
        await collect(await gpt.chat.completions.create(**request("g-o-cut"), stream=True), found)
    assert "".join(chunk.choices[0].delta.content or "" for chunk in found) == "Bonjour"


async def test_an_error_in_a_stream_is_raised(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "g-o-late", sse_answer(stream([text("Bon")])[0], error(503, "The model is overloaded.", "UNAVAILABLE")))
    with pytest.raises(openai.APIError, match="overloaded"):
        await collect(await gpt.chat.completions.create(**request("g-o-late"), stream=True), [])


async def test_closing_a_stream_closes_the_upstream(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "g-o-leave", sse_answer(*stream([text("Bon")])[:1], hold=True))
    events = await gpt.chat.completions.create(**request("g-o-leave"), stream=True)
    async for _ in events:
        break
    await events.close()
    async with asyncio.timeout(2):
        await standin.requests("g-o-leave")[0].left.wait()


async def test_a_server_tool_is_refused_by_name_or_mapped(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "g-o-search", json_answer(reply(text("News"))))
    await gpt.chat.completions.create(**request("g-o-search", web_search_options={"search_context_size": "low"}))
    assert sent(standin, "g-o-search")["tools"] == [{"googleSearch": {}}]
    with pytest.raises(openai.BadRequestError, match="image_generation"):
        await gpt.chat.completions.create(**request("g-o-search", tools=[{"type": "image_generation"}]))
