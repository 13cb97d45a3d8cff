"""The official openai SDK's `responses` over a vendor of the chat format, and over one of Anthropic's."""

from typing import Any

import openai
import pytest
from pydantic import BaseModel

from tests.support import chat, messages
from tests.support.official import collect
from tests.support.responses import legal, request, result
from tests.support.standin import Answer, StandIn, json_answer, sse_answer

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}}
WEATHER: dict[str, Any] = {"type": "function", "name": "weather", "parameters": SCHEMA, "strict": None}
GRAMMAR = {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}
PATCH: dict[str, Any] = {"type": "custom", "name": "apply_patch", "description": "Edits files", "format": GRAMMAR}
NOT_KEPT = {"store": False}


class City(BaseModel):
    name: str


def calling(*calls: tuple[str, str, str]) -> dict[str, Any]:
    """A completion that calls functions: id, name, arguments."""
    made = [{"id": i, "type": "function", "function": {"name": name, "arguments": text}} for i, name, text in calls]
    reply = chat.completion()
    message = {"role": "assistant", "content": None, "tool_calls": made}
    reply["choices"][0] |= {"finish_reason": "tool_calls", "message": message}
    return reply


def sent(standin: StandIn, model: str, number: int = 0) -> Any:
    return standin.requests(model)[number].json()


async def test_unary_over_chat(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("c-unary", json_answer(chat.completion("Bonjour")), at="chat")
    asked = request("c-unary", instructions="Be kind.", max_output_tokens=50, truncation="auto", temperature=0.5, **NOT_KEPT)
    raw = await gpt.responses.with_raw_response.create(**asked, metadata={"a": "b"}, safety_identifier="u-1")
    assert raw.headers["x-aihub-dropped"] == "truncation"
    reply = raw.parse()
    assert (reply.output_text, reply.status, reply.temperature) == ("Bonjour", "completed", 0.5)
    assert reply.usage is not None
    assert (reply.usage.input_tokens, reply.usage.output_tokens, reply.usage.total_tokens) == (9, 3, 12)
    assert (reply.metadata, reply.store if hasattr(reply, "store") else None) == ({"a": "b"}, False)
    assert sent(standin, "c-unary") == {
        "model": "c-unary",
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}],
        "max_completion_tokens": 50,
        "temperature": 0.5,
        "user": "u-1",
        "metadata": {"a": "b"},
        "store": False,
    }


async def test_a_stream_over_chat_through_the_accumulating_helper(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    thought = chat.chunk({"reasoning_content": "Hm."})
    fragment = {"index": 0, "id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city":'}}
    rest = {"index": 0, "function": {"arguments": '"Oslo"}'}}
    events = [
        chat.chunk({"role": "assistant"}), thought, chat.chunk({"content": "Bon"}), chat.chunk({"content": "jour"}),
        chat.chunk({"tool_calls": [fragment]}), chat.chunk({"tool_calls": [rest]}), chat.chunk({}, "tool_calls"),
    ]  # fmt: skip
    standin.on("c-stream", sse_answer(*events, chat.usage_chunk(), chat.DONE), at="chat")
    async with gpt.responses.stream(model="c-stream", input="Hello", tools=[WEATHER], store=False) as stream:
        found = [event async for event in stream]
        final = await stream.get_final_response()
    assert [item.type for item in final.output] == ["reasoning", "message", "function_call"]
    assert final.output_text == "Bonjour"
    assert final.output[2].type == "function_call"
    assert (final.output[2].call_id, final.output[2].arguments) == ("call_1", '{"city":"Oslo"}')
    assert final.usage is not None
    assert final.usage.total_tokens == 12
    assert [event.type for event in found if event.type.endswith(".delta")].count("response.output_text.delta") == 2
    assert sent(standin, "c-stream")["stream_options"] == {"include_usage": True}


async def test_parallel_tools_over_two_turns_over_chat(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    calls = (("call_1", "weather", '{"city":"Oslo"}'), ("call_2", "weather", '{"city":"Rome"}'))
    standin.on("c-tools", json_answer(calling(*calls)), json_answer(chat.completion("Cold and warm")), at="chat")
    given: list[Any] = [{"role": "user", "content": "Well?"}]
    first = await gpt.responses.create(**request("c-tools", given, tools=[WEATHER], **NOT_KEPT))
    assert [item.call_id for item in first.output if item.type == "function_call"] == ["call_1", "call_2"]
    given += [*(item.model_dump(exclude_none=True) for item in first.output), result("call_1", "-3"), result("call_2", "21")]
    final = await gpt.responses.create(**request("c-tools", given, tools=[WEATHER], **NOT_KEPT))
    assert final.output_text == "Cold and warm"
    user, assistant, one, two = sent(standin, "c-tools", 1)["messages"]
    assert [call["id"] for call in assistant["tool_calls"]] == ["call_1", "call_2"]
    assert [(each["role"], each["tool_call_id"], each["content"]) for each in (one, two)] == [
        ("tool", "call_1", "-3"),
        ("tool", "call_2", "21"),
    ]
    assert user == sent(standin, "c-tools")["messages"][0]


async def test_a_free_text_tool_over_chat(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    wrapped = calling(("call_1", "apply_patch", '{"input":"*** Begin Patch\\n+x"}'))
    standin.on("c-custom", json_answer(wrapped), json_answer(chat.completion("Done")), at="chat")
    given: list[Any] = [{"role": "user", "content": "Patch it"}]
    first = await gpt.responses.create(**request("c-custom", given, tools=[PATCH], **NOT_KEPT))
    (call,) = first.output
    assert call.type == "custom_tool_call"
    assert (call.name, call.input) == ("apply_patch", "*** Begin Patch\n+x")
    given += [call.model_dump(exclude_none=True), {"type": "custom_tool_call_output", "call_id": "call_1", "output": "ok"}]
    await gpt.responses.create(**request("c-custom", given, tools=[PATCH], **NOT_KEPT))
    second = sent(standin, "c-custom", 1)
    assert second["messages"][1]["tool_calls"] == wrapped["choices"][0]["message"]["tool_calls"]
    assert "start: /.+/" in second["tools"][0]["function"]["description"]


async def test_images_and_structured_output_over_chat(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("c-see", json_answer(chat.completion('{"name":"Oslo"}')), at="chat")
    image = {"type": "input_image", "image_url": f"data:image/png;base64,{PIXEL}", "detail": "low"}
    given: Any = [{"role": "user", "content": [{"type": "input_text", "text": "Where?"}, image]}]
    reply = await gpt.responses.parse(model="c-see", input=given, text_format=City, store=False)
    assert reply.output_parsed == City(name="Oslo")
    asked = sent(standin, "c-see")
    assert asked["messages"][0]["content"][1]["image_url"] == {"url": f"data:image/png;base64,{PIXEL}", "detail": "low"}
    schema = asked["response_format"]["json_schema"]
    assert (schema["name"], schema["strict"], schema["schema"]["required"]) == ("City", True, ["name"])


async def test_thinking_and_tools_over_two_turns_over_anthropic(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    thinking = {"type": "thinking", "thinking": "Where is Oslo?", "signature": "sig-1"}
    calls = messages.tool_use("toolu_1", "weather", city="Oslo")
    standin.on(
        "a-r-thinking",
        json_answer(messages.message(thinking, calls, stop="tool_use")),
        json_answer(messages.message(messages.text("Cold"))),
        at="anthropic",
    )
    given: list[Any] = [{"role": "user", "content": "Well?"}]
    asked = {"tools": [WEATHER], "reasoning": {"effort": "low", "summary": "auto"}, "include": ["reasoning.encrypted_content"]}
    first = await gpt.responses.create(**request("a-r-thinking", given, **asked, **NOT_KEPT))
    reasoning, call = first.output
    assert reasoning.type == "reasoning"
    assert [part.text for part in reasoning.summary] == ["Where is Oslo?"]
    assert call.type == "function_call"
    given += [*(item.model_dump(exclude_none=True) for item in first.output), result("toolu_1", "-3")]
    final = await gpt.responses.create(**request("a-r-thinking", given, **asked, **NOT_KEPT))
    assert final.output_text == "Cold"
    assert sent(standin, "a-r-thinking", 1)["messages"][1]["content"] == [thinking, calls]


async def test_a_stream_over_anthropic(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    blocks = (
        messages.thinking_block(0, "sig-1", "Hm", "."),
        messages.text_block(1, "Bon", "jour"),
        messages.tool_block(2, "toolu_1", "weather", '{"city":', '"Oslo"}'),
    )
    standin.on("a-r-stream", sse_answer(*messages.stream(*blocks, stop="tool_use")), at="anthropic")
    asked = request("a-r-stream", tools=[WEATHER], **NOT_KEPT)
    async with gpt.responses.with_streaming_response.create(**asked, stream=True) as raw:
        legal(await raw.read())
    async with gpt.responses.stream(model="a-r-stream", input="Hello", tools=[WEATHER], store=False) as stream:
        final = await stream.get_final_response()
    assert [item.type for item in final.output] == ["reasoning", "message", "function_call"]
    assert final.usage is not None
    assert (final.usage.input_tokens, final.usage.input_tokens_details.cached_tokens) == (18, 5)


async def test_what_was_cut_short_is_incomplete(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    standin.on("a-r-length", json_answer(messages.message(messages.text("Bon"), stop="max_tokens")), at="anthropic")
    reply = await gpt.responses.create(**request("a-r-length", **NOT_KEPT))
    assert (reply.status, reply.output_text) == ("incomplete", "Bon")
    assert reply.incomplete_details is not None
    assert reply.incomplete_details.reason == "max_output_tokens"


@pytest.mark.parametrize(
    ("model", "at", "answer"),
    [
        ("c-cut", "chat", sse_answer(*chat.text_stream("Bon", "jour")[:2], cut=True)),
        ("c-broken", "chat", sse_answer(*chat.text_stream("Bon", "jour")[:2], chat.error("It broke.", kind="server_error"))),
        ("a-r-cut", "anthropic", sse_answer(*messages.stream(messages.text_block(0, "Bon", "jour"))[:3], cut=True)),
        (
            "a-r-broken",
            "anthropic",
            sse_answer(
                *messages.stream(messages.text_block(0, "Bon"))[:3], messages.sse(messages.error("overloaded_error", "It broke."))
            ),
        ),
    ],
)
async def test_a_stream_that_breaks_ends_with_an_error_and_a_failed_response(
    gpt: openai.AsyncOpenAI, standin: StandIn, model: str, at: str, answer: Answer
) -> None:
    standin.on(model, answer, at=at)
    found: list[Any] = []
    with pytest.raises(openai.APIError):
        await collect(await gpt.responses.create(**request(model, **NOT_KEPT), stream=True), found)
    assert "response.output_text.delta" in [event.type for event in found]
    async with gpt.responses.with_streaming_response.create(**request(model, **NOT_KEPT), stream=True) as raw:
        body = await raw.read()
    assert body.count(b"event: error") == body.count(b"event: response.failed") == 1
    assert b"response.completed" not in body
    legal(body[: body.index(b"event: error")], cut=True)


@pytest.mark.parametrize(
    ("given", "param"),
    [
        ({"tools": [{"type": "file_search", "vector_store_ids": ["vs_1"]}]}, "tools[0]"),
        ({"tools": [{"type": "local_shell"}]}, "tools[0]"),
        ({"prompt": {"id": "pmpt_1"}}, "prompt"),
        ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input[0]"),
        ({"input": [{"role": "user", "content": [{"type": "input_file", "file_id": "file_1"}]}]}, "input[0]"),
    ],
)
@pytest.mark.parametrize("model", ["c-refused", "a-r-refused"])
async def test_what_the_vendor_cannot_take_is_refused_by_name(
    gpt: openai.AsyncOpenAI, model: str, given: dict[str, Any], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        await gpt.responses.create(**{**request(model, **NOT_KEPT), **given})
    assert caught.value.param == param


async def test_a_web_search_runs_at_whoever_has_one(gpt: openai.AsyncOpenAI, standin: StandIn) -> None:
    search = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {"query": "Oslo"}}
    found = {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []}
    place = {"type": "web_search_result_location", "url": "https://oslo.no", "title": "Oslo", "cited_text": "Oslo is cold"}
    cited = {**messages.text("It is cold."), "citations": [{**place, "encrypted_index": "e"}]}
    standin.on("a-r-search", json_answer(messages.message(search, found, cited)), at="anthropic")
    tool: Any = {"type": "web_search", "filters": {"allowed_domains": ["oslo.no"]}}
    reply = await gpt.responses.create(**request("a-r-search", tools=[tool], **NOT_KEPT))
    called, said = reply.output
    assert called.type == "web_search_call"
    assert called.action.type == "search"
    assert called.action.query == "Oslo"
    assert said.type == "message"
    assert said.content[0].type == "output_text"
    (annotation,) = said.content[0].annotations
    assert annotation.type == "url_citation"
    assert (annotation.url, annotation.start_index, annotation.end_index) == ("https://oslo.no", 0, 11)
    (declared,) = sent(standin, "a-r-search")["tools"]
    assert (declared["type"], declared["allowed_domains"]) == ("web_search_20250305", ["oslo.no"])
