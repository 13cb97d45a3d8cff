"""The official openai chat and anthropic SDKs over a vendor that speaks the responses format alone."""

from typing import Any

import anthropic
import openai
import pytest

from tests.support import chat, messages
from tests.support.official import collect
from tests.support.responses import call, custom_call, reasoning, response, sse, stream, text
from tests.support.standin import StandIn, json_answer, sse_answer

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
WEATHER: Any = {"type": "function", "function": {"name": "weather", "description": "Tells it", "parameters": SCHEMA}}
TOOL: Any = {"name": "weather", "description": "Tells it", "input_schema": SCHEMA}


def on(standin: StandIn, model: str, *answers: Any) -> None:
    standin.on(model, *answers, at="responses")


def sent(standin: StandIn, model: str, number: int = 0) -> Any:
    return standin.requests(model)[number].json()


async def test_chat_unary(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "r-gpt-5.1", json_answer(response(text("Bonjour"))))
    asked = chat.request("r-gpt-5.1", max_completion_tokens=5, seed=7, stop=["END"], reasoning_effort="low", user="u-1")
    asked["messages"].insert(0, {"role": "system", "content": "Be kind."})
    raw = await gpt.chat.completions.with_raw_response.create(**asked)
    assert raw.headers["x-aihub-dropped"] == "seed, stop"
    reply = raw.parse()
    assert (reply.choices[0].message.content, reply.choices[0].finish_reason) == ("Bonjour", "stop")
    assert reply.usage is not None
    assert (reply.usage.prompt_tokens, reply.usage.total_tokens) == (18, 21)
    assert sent(standin, "r-gpt-5.1") == {
        "model": "r-gpt-5.1",
        "instructions": "Be kind.",
        "input": [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Hello"}]}],
        "store": False,
        "max_output_tokens": 16,
        "include": ["reasoning.encrypted_content"],
        "reasoning": {"effort": "low"},
        "safety_identifier": "u-1",
    }


async def test_chat_stream_with_parallel_tools_and_reasoning_over_two_turns(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    calls = [call("call_1", "weather", '{"city":"Oslo"}'), call("call_2", "weather", '{"city":"Rome"}')]
    on(standin, "r-tools", sse_answer(*stream(reasoning("gAAA", "Hm."), *calls)), json_answer(response(text("Cold and warm"))))
    asked = chat.request("r-tools", tools=[WEATHER], stream_options={"include_usage": True})
    chunks = [chunk async for chunk in await gpt.chat.completions.create(**asked, stream=True)]
    assert [chunk.choices[0].finish_reason for chunk in chunks if chunk.choices][-1] == "tool_calls"
    fragments = [one for chunk in chunks if chunk.choices for one in chunk.choices[0].delta.tool_calls or []]
    assert [(one.index, one.id) for one in fragments if one.id] == [(0, "call_1"), (1, "call_2")]
    assert "".join(one.function.arguments or "" for one in fragments if one.function and one.index == 1) == '{"city":"Rome"}'
    made = [
        {"id": each["call_id"], "type": "function", "function": {"name": "weather", "arguments": each["arguments"]}}
        for each in calls
    ]
    asked["messages"] += [
        {"role": "assistant", "content": None, "tool_calls": made},
        {"role": "tool", "tool_call_id": "call_1", "content": "-3"},
        {"role": "tool", "tool_call_id": "call_2", "content": "21"},
    ]
    del asked["stream_options"]
    final = await gpt.chat.completions.create(**asked)
    assert final.choices[0].message.content == "Cold and warm"
    items = sent(standin, "r-tools", 1)["input"]
    # What the vendor encrypted comes back before the first call that it led to.
    assert [item["type"] for item in items] == ["message", "reasoning", *["function_call"] * 2, *["function_call_output"] * 2]
    assert items[1]["encrypted_content"] == "gAAA"
    assert sent(standin, "r-tools")["tools"] == [
        {"type": "function", "name": "weather", "description": "Tells it", "parameters": SCHEMA, "strict": False}
    ]


async def test_anthropic_with_encrypted_reasoning_over_two_turns(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    first = response(reasoning("gAAA", "Where is Oslo?"), call("call_1", "weather", '{"city":"Oslo"}'))
    on(standin, "r-claude", json_answer(first), json_answer(response(text("Cold"))))
    asked = messages.request("r-claude", tools=[TOOL])
    reply = await claude.messages.create(**asked)
    assert [block.type for block in reply.content] == ["thinking", "tool_use"]
    assert reply.stop_reason == "tool_use"
    asked["messages"] += [
        {"role": "assistant", "content": [block.model_dump(exclude_none=True) for block in reply.content]},
        {"role": "user", "content": [messages.tool_result("call_1", "-3", is_error=True)]},
    ]
    final = await claude.messages.create(**asked)
    assert final.content[0].type == "text"
    _, thought, called, result = sent(standin, "r-claude", 1)["input"]
    summary = [{"type": "summary_text", "text": "Where is Oslo?"}]
    assert thought == {"type": "reasoning", "summary": summary, "encrypted_content": "gAAA"}
    assert (called["call_id"], called["arguments"]) == ("call_1", '{"city":"Oslo"}')
    assert (result["call_id"], result["output"]) == ("call_1", "Error: -3")


async def test_anthropic_stream(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "r-claude-stream", sse_answer(*stream(reasoning("gAAA", "Hm."), text("Bonjour"))))
    async with claude.messages.stream(**messages.request("r-claude-stream")) as events:
        final = await events.get_final_message()
    assert [block.type for block in final.content] == ["thinking", "text"]
    assert final.usage.input_tokens == 13


async def test_a_free_text_tool_of_chat_stays_one(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    on(standin, "r-custom", json_answer(response(custom_call("call_1", "apply_patch", "*** Begin"))))
    tool: Any = {"type": "custom", "custom": {"name": "apply_patch"}}
    reply = await gpt.chat.completions.create(**chat.request("r-custom", tools=[tool]))
    (called,) = reply.choices[0].message.tool_calls or []
    assert called.type == "custom"
    assert called.custom.input == "*** Begin"
    assert sent(standin, "r-custom")["tools"] == [{"type": "custom", "name": "apply_patch"}]


async def test_a_stream_that_fails_late_raises(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    events = stream(text("Bonjour"))
    broken = response(status="failed", error={"code": "server_error", "message": "It broke."})
    on(standin, "r-late", sse_answer(*events[:6], sse("response.failed", 6, {"response": broken})))
    found: list[Any] = []
    with pytest.raises(openai.APIError, match="It broke"):
        await collect(await gpt.chat.completions.create(**chat.request("r-late"), stream=True), found)
    assert found
