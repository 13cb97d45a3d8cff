"""The official anthropic SDK talks to a vendor of Gemini's format, and cannot tell."""

from typing import Any

import anthropic
import pytest

from tests.support.gemini import call, error, reply, rpc, stream, text, thought
from tests.support.messages import request, tool_result
from tests.support.standin import Answer, StandIn, json_answer, sse_answer

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
WEATHER = {"name": "weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}


def on(standin: StandIn, model: str, *answers: Answer) -> None:
    standin.on(model, *answers, at="gemini")


def sent(standin: StandIn, model: str, number: int = 0) -> Any:
    return standin.requests(model)[number].json()


async def test_unary_with_thinking(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "g-gemini-3-flash-a", json_answer(reply(thought("hm"), text("Bonjour"))))
    asked = request("g-gemini-3-flash-a", system="Be kind.", thinking={"type": "enabled", "budget_tokens": 1024})
    answer: Any = await claude.messages.create(**asked, extra_body={"top_k": 3})
    assert [block.type for block in answer.content] == ["thinking", "text"]
    assert (answer.content[0].thinking, answer.content[1].text, answer.stop_reason) == ("hm", "Bonjour", "end_turn")
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (9, 7)
    assert sent(standin, "g-gemini-3-flash-a") == {
        "systemInstruction": {"parts": [{"text": "Be kind."}]},
        "contents": [{"role": "user", "parts": [{"text": "Hello"}]}],
        "generationConfig": {
            "topK": 3,
            "maxOutputTokens": 1000,
            "thinkingConfig": {"thinkingLevel": "LOW", "includeThoughts": True},
        },
    }


@pytest.mark.parametrize("streaming", [False, True])
async def test_thinking_and_parallel_calls_over_two_turns(
    claude: anthropic.AsyncAnthropic, standin: StandIn, streaming: bool
) -> None:
    model = f"g-gemini-3-pro-a-{streaming}"
    calls = [call("weather", "c2ln", city="Oslo"), call("weather", city="Rome")]
    first = sse_answer(*stream([thought("hm")], calls[:1], calls[1:])) if streaming else json_answer(reply(thought("hm"), *calls))
    on(standin, model, first, json_answer(reply(text("Cold and warm"))))
    asked = request(model, tools=[WEATHER], thinking={"type": "enabled", "budget_tokens": 1024})
    if streaming:
        async with claude.messages.stream(**asked) as events:
            answer: Any = await events.get_final_message()
    else:
        answer = await claude.messages.create(**asked)
    made = [block for block in answer.content if block.type == "tool_use"]
    assert ([block.input for block in made], answer.stop_reason) == ([{"city": "Oslo"}, {"city": "Rome"}], "tool_use")
    pixel = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
    results = [tool_result(made[0].id, [{"type": "text", "text": "cold"}, pixel]), tool_result(made[1].id, "no", is_error=True)]
    asked["messages"] += [
        {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in answer.content]},
        {"role": "user", "content": [*results, {"type": "text", "text": "So?"}]},
    ]
    await claude.messages.create(**asked)
    contents = sent(standin, model, 1)["contents"]
    assert contents[1]["parts"] == calls
    assert [part["functionResponse"] for part in contents[2]["parts"]] == [
        {
            "name": "weather",
            "response": {"output": "cold"},
            "parts": [{"inlineData": {"mimeType": "image/png", "data": PIXEL}}],
        },
        {"name": "weather", "response": {"error": "no"}},
    ]
    assert contents[3] == {"role": "user", "parts": [{"text": "So?"}]}


async def test_older_models_get_a_results_picture_in_the_next_content(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "g-gemini-2.5-pro-a", json_answer(reply(text("A pixel"))))
    pixel = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
    asked = request("g-gemini-2.5-pro-a", tools=[WEATHER])
    use = {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {}}
    asked["messages"] += [{"role": "assistant", "content": [use]}, {"role": "user", "content": [tool_result("toolu_1", [pixel])]}]
    await claude.messages.create(**asked)
    contents = sent(standin, "g-gemini-2.5-pro-a")["contents"]
    assert contents[2]["parts"] == [{"functionResponse": {"name": "weather", "response": {"output": ""}}}]
    assert contents[3]["parts"] == [{"inlineData": {"mimeType": "image/png", "data": PIXEL}}]


async def test_errors(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "g-a-429", json_answer(error(429, "Slow down", "RESOURCE_EXHAUSTED", rpc("RetryInfo", retryDelay="7s")), 429))
    with pytest.raises(anthropic.RateLimitError, match="Slow down") as caught:
        await claude.messages.create(**request("g-a-429"))
    assert caught.value.response.headers["retry-after"] == "7"


async def test_a_stream_that_is_cut_raises_an_api_error(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "g-a-cut", sse_answer(*stream([text("Bon")])[:1], cut=True))
    events = await claude.messages.create(**request("g-a-cut"), stream=True)
    with pytest.raises(anthropic.APIStatusError, match="closed the stream"):
        _ = [event async for event in events]


async def test_a_page_that_was_found_is_cited(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    found = {
        "groundingChunks": [{"web": {"uri": "https://example.com/a", "title": "A"}}],
        "groundingSupports": [{"segment": {"startIndex": 6, "endIndex": 11, "text": "café"}, "groundingChunkIndices": [0]}],
        "webSearchQueries": ["cafes"],
    }
    on(standin, "g-a-cite", json_answer(reply(text("été café!"), groundingMetadata=found)))
    tool = {"type": "web_search_20250305", "name": "web_search"}
    answer: Any = await claude.messages.create(**request("g-a-cite", tools=[tool]))
    (citation,) = answer.content[0].citations
    assert (citation.url, citation.title, citation.cited_text) == ("https://example.com/a", "A", "café")
    assert sent(standin, "g-a-cite")["tools"] == [{"googleSearch": {}}]
