"""Google's official SDK talks to vendors of OpenAI's and of Anthropic's format, and cannot tell."""

import asyncio
import json
from typing import Any

import httpx
import pytest
from google import genai
from google.genai import errors, types
from pydantic import BaseModel

from tests.support import chat, messages
from tests.support.standin import Answer, StandIn, json_answer, sse_answer

Client = genai.client.AsyncClient

PIXEL = b"\x89PNG\r\n\x1a\n"
TOOL = types.Tool(
    function_declarations=[
        types.FunctionDeclaration(
            name="weather",
            parameters=types.Schema(type=types.Type.OBJECT, properties={"city": types.Schema(type=types.Type.STRING)}),
        )
    ]
)
BODY = {"contents": [{"role": "user", "parts": [{"text": "Hello"}]}]}

OTHERS = ["openai", "anthropic"]


def on(standin: StandIn, vendor: str, model: str, *answers: Answer) -> str:
    """The model's name, which says who serves it."""
    name = f"{vendor[0]}-{model}"
    standin.on(name, *answers, at=vendor)
    return name


def said(vendor: str, text: str) -> Answer:
    return json_answer(chat.completion(text) if vendor == "openai" else messages.message(messages.text(text)))


def streamed(vendor: str, *words: str, **how: Any) -> Answer:
    """With `cut` or `hold` the end is left out."""
    if vendor == "openai":
        events = chat.text_stream(*words)
        return sse_answer(*(events[:-1] if how else [*events, chat.usage_chunk(), chat.DONE]), **how)
    whole = messages.stream(messages.text_block(0, *words))
    return sse_answer(*(whole[:-3] if how else whole), **how)


def called(vendor: str, *cities: str) -> Answer:
    if vendor == "anthropic":
        uses = [messages.tool_use(f"toolu_{city}", "weather", city=city) for city in cities]
        return json_answer(messages.message(*uses, stop="tool_use"))
    calls = [
        {"id": f"call_{city}", "type": "function", "function": {"name": "weather", "arguments": json.dumps({"city": city})}}
        for city in cities
    ]
    value = chat.completion()
    value["choices"][0] |= {"finish_reason": "tool_calls", "message": {"role": "assistant", "content": None, "tool_calls": calls}}
    return json_answer(value)


@pytest.mark.parametrize("vendor", OTHERS)
async def test_unary(gemini: Client, standin: StandIn, vendor: str) -> None:
    model = on(standin, vendor, "gu-unary", said(vendor, "Bonjour"))
    config = types.GenerateContentConfig(
        system_instruction="Be kind.",
        temperature=0.5,
        max_output_tokens=50,
        stop_sequences=["END"],
        safety_settings=[types.SafetySetting(category="HARM_CATEGORY_HARASSMENT", threshold="OFF")],
    )
    answer = await gemini.models.generate_content(model=model, contents="Hello", config=config)
    assert answer.text == "Bonjour"
    assert answer.candidates is not None
    assert answer.candidates[0].finish_reason is types.FinishReason.STOP
    usage: Any = answer.usage_metadata
    assert usage.total_token_count == usage.prompt_token_count + usage.candidates_token_count
    assert answer.sdk_http_response is not None
    assert answer.sdk_http_response.headers["x-aihub-dropped"] == "safetySettings"
    body = standin.requests(model)[0].json()
    assert (body["temperature"], body["model"]) == (0.5, model)
    if vendor == "openai":
        assert body["messages"] == [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}]
        assert (body["max_completion_tokens"], body["stop"]) == (50, ["END"])
    else:
        assert body["system"] == [{"type": "text", "text": "Be kind."}]
        assert (body["max_tokens"], body["stop_sequences"]) == (50, ["END"])


@pytest.mark.parametrize("vendor", OTHERS)
async def test_stream(gemini: Client, standin: StandIn, vendor: str) -> None:
    model = on(standin, vendor, "gu-stream", streamed(vendor, "Bon", "jour"))
    chunks = [chunk async for chunk in await gemini.models.generate_content_stream(model=model, contents="Hello")]
    assert "".join(chunk.text or "" for chunk in chunks) == "Bonjour"
    last: Any = chunks[-1]
    assert last.candidates[0].finish_reason is types.FinishReason.STOP
    assert last.usage_metadata.total_token_count > 0
    assert len({chunk.response_id for chunk in chunks}) == 1


@pytest.mark.parametrize("vendor", OTHERS)
async def test_a_stream_as_one_array(http: httpx.AsyncClient, standin: StandIn, vendor: str) -> None:
    model = on(standin, vendor, "gu-array", streamed(vendor, "Bon", "jour"))
    answer = await http.post(f"/v1beta/models/{model}:streamGenerateContent", json=BODY)
    assert answer.headers["content-type"] == "application/json"
    parts = [part for each in answer.json() for part in each["candidates"][0]["content"]["parts"]]
    assert "".join(part["text"] for part in parts) == "Bonjour"


@pytest.mark.parametrize("vendor", OTHERS)
async def test_an_array_that_is_cut_ends_with_an_error_element(http: httpx.AsyncClient, standin: StandIn, vendor: str) -> None:
    model = on(standin, vendor, "gu-array-cut", streamed(vendor, "Bon", "jour", cut=True))
    answer = await http.post(f"/v1beta/models/{model}:streamGenerateContent", json=BODY)
    assert answer.json()[-1]["error"]["status"] == "UNAVAILABLE"


@pytest.mark.parametrize("vendor", OTHERS)
async def test_parallel_calls_over_two_turns(gemini: Client, standin: StandIn, vendor: str) -> None:
    """This caller's results have no ids: they are found by their order."""
    model = on(standin, vendor, "gu-tools", called(vendor, "Oslo", "Rome"), said(vendor, "Cold and warm"))
    talk = gemini.chats.create(model=model, config=types.GenerateContentConfig(tools=[TOOL]))
    asked = await talk.send_message("How is it?")
    assert [each.args for each in asked.function_calls or []] == [{"city": "Oslo"}, {"city": "Rome"}]
    results = [types.Part.from_function_response(name="weather", response={"output": word}) for word in ("cold", "warm")]
    assert (await talk.send_message(results)).text == "Cold and warm"
    first, second = (request.json() for request in standin.requests(model))
    schema = {"type": "object", "properties": {"city": {"type": "string"}}}
    if vendor == "openai":
        assert first["tools"][0]["function"]["parameters"] == schema
        told = [(each["tool_call_id"], each["content"]) for each in second["messages"][2:]]
        assert told == [("call_Oslo", "cold"), ("call_Rome", "warm")]
    else:
        assert first["tools"][0]["input_schema"] == schema
        told = [(each["tool_use_id"], each["content"][0]["text"]) for each in second["messages"][2]["content"]]
        assert told == [("toolu_Oslo", "cold"), ("toolu_Rome", "warm")]


@pytest.mark.parametrize("streaming", [False, True])
async def test_signed_thinking_over_two_turns(gemini: Client, standin: StandIn, streaming: bool) -> None:
    thinking = {"type": "thinking", "thinking": "Let me see", "signature": "c2lnbmVk"}
    call_id = f"toolu_gu_{streaming}"
    use = messages.tool_use(call_id, "weather", city="Oslo")
    whole = json_answer(messages.message(thinking, use, stop="tool_use"))
    pieces = [
        messages.thinking_block(0, "c2lnbmVk", "Let ", "me see"),
        messages.tool_block(1, call_id, "weather", '{"city":"Oslo"}'),
    ]
    first = sse_answer(*messages.stream(*pieces, stop="tool_use")) if streaming else whole
    model = on(standin, "anthropic", f"gu-think-{streaming}", first, said("anthropic", "Cold"))
    config = types.GenerateContentConfig(
        tools=[TOOL], max_output_tokens=4000, thinking_config=types.ThinkingConfig(include_thoughts=True, thinking_budget=2000)
    )
    talk = gemini.chats.create(model=model, config=config)
    if streaming:
        parts = [
            part
            async for chunk in await talk.send_message_stream("How is it?")
            for part in (chunk.candidates or [types.Candidate(content=types.Content())])[0].content.parts or []  # type: ignore[union-attr]
        ]
    else:
        answer: Any = await talk.send_message("How is it?")
        parts = answer.candidates[0].content.parts
    assert "".join(part.text or "" for part in parts if part.thought) == "Let me see"
    result = types.Part.from_function_response(name="weather", response={"output": "cold"})
    assert (await talk.send_message([result])).text == "Cold"
    second = standin.requests(model)[1].json()
    assert second["thinking"] == {"type": "enabled", "budget_tokens": 2000, "display": "summarized"}
    assert second["messages"][1]["content"] == [thinking, use]


@pytest.mark.parametrize("vendor", OTHERS)
async def test_pictures(gemini: Client, standin: StandIn, vendor: str) -> None:
    model = on(standin, vendor, "gu-image", said(vendor, "A pixel"))
    contents: Any = ["What is it?", types.Part.from_bytes(data=PIXEL, mime_type="image/png")]
    await gemini.models.generate_content(model=model, contents=contents)
    content = standin.requests(model)[0].json()["messages"][0]["content"]
    data = "iVBORw0KGgo="
    if vendor == "openai":
        assert content[1] == {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{data}"}}
    else:
        assert content[1]["source"] == {"type": "base64", "media_type": "image/png", "data": data}


class City(BaseModel):
    name: str


@pytest.mark.parametrize("vendor", OTHERS)
async def test_structured_output(gemini: Client, standin: StandIn, vendor: str) -> None:
    model = on(standin, vendor, "gu-json", said(vendor, '{"name": "Oslo"}'))
    config = types.GenerateContentConfig(response_mime_type="application/json", response_schema=City)
    answer = await gemini.models.generate_content(model=model, contents="Where?", config=config)
    assert answer.parsed == City(name="Oslo")
    body = standin.requests(model)[0].json()
    form = body["response_format"]["json_schema"] if vendor == "openai" else body["output_config"]["format"]
    assert form["schema"]["properties"]["name"] == {"title": "Name", "type": "string"}


@pytest.mark.parametrize(("status", "word"), [(400, "INVALID_ARGUMENT"), (404, "NOT_FOUND"), (429, "RESOURCE_EXHAUSTED")])
@pytest.mark.parametrize("vendor", OTHERS)
async def test_a_vendors_error_is_raised_as_the_sdks_own(
    gemini: Client, standin: StandIn, vendor: str, status: int, word: str
) -> None:
    value = chat.error("so it is") if vendor == "openai" else messages.error("some_error", "so it is")
    model = on(standin, vendor, f"gu-{status}", json_answer(value, status, retry_after="7"))
    with pytest.raises(errors.ClientError) as caught:
        await gemini.models.generate_content(model=model, contents="Hello")
    assert (caught.value.code, caught.value.status, caught.value.message) == (status, word, "so it is")
    details = {each["@type"].rpartition(".")[2]: each for each in caught.value.details["error"]["details"]}
    assert details["RetryInfo"]["retryDelay"] == "7s"


@pytest.mark.parametrize("vendor", OTHERS)
async def test_a_stream_that_is_cut_raises_an_api_error(gemini: Client, standin: StandIn, vendor: str) -> None:
    model = on(standin, vendor, "gu-cut", streamed(vendor, "Bon", "jour", cut=True))
    chunks = await gemini.models.generate_content_stream(model=model, contents="Hello")
    with pytest.raises(errors.ServerError, match="closed the stream"):
        _ = [chunk async for chunk in chunks]


@pytest.mark.parametrize("vendor", OTHERS)
async def test_closing_a_stream_closes_the_upstream(gemini: Client, standin: StandIn, vendor: str) -> None:
    model = on(standin, vendor, "gu-leave", streamed(vendor, "Bon", hold=True))
    chunks: Any = await gemini.models.generate_content_stream(model=model, contents="Hello")
    await anext(chunks)
    await chunks.aclose()
    async with asyncio.timeout(5):
        await standin.requests(model)[0].left.wait()


@pytest.mark.parametrize("vendor", OTHERS)
async def test_a_tool_of_googles_is_refused_by_its_name(gemini: Client, standin: StandIn, vendor: str) -> None:
    model = on(standin, vendor, "gu-maps", said(vendor, "no"))
    config = types.GenerateContentConfig(tools=[types.Tool(google_maps=types.GoogleMaps())])
    with pytest.raises(errors.ClientError, match="googleMaps") as caught:
        await gemini.models.generate_content(model=model, contents="Where?", config=config)
    assert caught.value.code == 400
