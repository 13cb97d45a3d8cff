"""The official anthropic SDK talks to a vendor of OpenAI's chat format, and cannot tell."""

import asyncio
from typing import Any

import anthropic
import httpx
import pytest
from pydantic import BaseModel

from tests.support.chat import DONE, chunk, completion, error, text_stream, usage_chunk
from tests.support.messages import request, text, tool_result, tool_use
from tests.support.official import collect
from tests.support.standin import StandIn, json_answer, sse_answer

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PDF = "JVBERi0xLjQK"
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
WEATHER = {"name": "weather", "description": "Tells it", "input_schema": {"type": "object", "properties": {"city": {}}}}


def on(standin: StandIn, model: str, *answers: Any) -> None:
    standin.on(model, *answers, at="openai")


def sent(standin: StandIn, model: str, number: int = 0) -> Any:
    return standin.requests(model)[number].json()


def calling(*cities: str, text: str | None = None) -> dict[str, Any]:
    calls = [
        {"id": f"call_{city}", "type": "function", "function": {"name": "weather", "arguments": f'{{"city":"{city}"}}'}}
        for city in cities
    ]
    reply = completion()
    message = {"role": "assistant", "content": text, "tool_calls": calls}
    reply["choices"][0] |= {"finish_reason": "tool_calls", "message": message}
    return reply


async def test_unary(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "o-unary", json_answer(completion("Bonjour", "o-unary-1")))
    asked = request("o-unary", system="Be kind.", stop_sequences=["END"], extra_body={"temperature": 0.5})
    reply = await claude.messages.create(**asked)
    assert (reply.content[0].text, reply.stop_reason, reply.model) == ("Bonjour", "end_turn", "o-unary-1")
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (9, 3)
    assert reply.id.startswith("msg_")
    assert reply._request_id is not None
    assert reply._request_id.startswith("req_")
    (received,) = standin.requests("o-unary")
    assert received.path == "/openai/v1/chat/completions"
    assert not [name for name in received.headers if name.startswith(("anthropic", "x-api-key"))]
    assert received.json() == {
        "model": "o-unary",
        "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Hello"}],
        "max_completion_tokens": 1000,
        "temperature": 0.5,
        "stop": ["END"],
    }


async def test_stream(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "o-stream", sse_answer(*text_stream("Bon", "jour"), usage_chunk(), DONE))
    async with claude.messages.stream(**request("o-stream")) as events:
        kinds = [event.type async for event in events]
        final = await events.get_final_message()
    assert (final.content[0].text, final.stop_reason) == ("Bonjour", "end_turn")
    assert (final.usage.input_tokens, final.usage.output_tokens) == (9, 3)
    assert (kinds[0], kinds[-1]) == ("message_start", "message_stop")
    assert sent(standin, "o-stream")["stream_options"] == {"include_usage": True}


async def test_parallel_tool_calls_over_two_turns(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "o-tools", json_answer(calling("Oslo", "Rome", text="Let me see.")), json_answer(completion("Cold and warm")))
    asked = request("o-tools", tools=[WEATHER], tool_choice={"type": "any", "disable_parallel_tool_use": False})
    reply = await claude.messages.create(**asked)
    assert reply.stop_reason == "tool_use"
    assert [block.type for block in reply.content] == ["text", "tool_use", "tool_use"]
    assert reply.content[1].input == {"city": "Oslo"}
    first = sent(standin, "o-tools")
    assert first["tools"][0]["function"]["parameters"] == WEATHER["input_schema"]
    assert (first["tool_choice"], first["parallel_tool_calls"]) == ("required", True)
    results = [
        tool_result("call_Oslo", "12", is_error=True),
        tool_result("call_Rome", [text("It looks so:"), IMAGE]),
        text("Well?"),
    ]
    asked["messages"] += [{"role": "assistant", "content": reply.content}, {"role": "user", "content": results}]
    final = await claude.messages.create(**asked)
    assert final.content[0].text == "Cold and warm"
    user, assistant, oslo, rome, after = sent(standin, "o-tools", 1)["messages"]
    assert user == first["messages"][0]
    assert assistant["content"] == "Let me see."
    assert [call["id"] for call in assistant["tool_calls"]] == ["call_Oslo", "call_Rome"]
    assert oslo == {"role": "tool", "tool_call_id": "call_Oslo", "content": "Error: 12"}
    assert (rome["tool_call_id"], rome["content"].splitlines()[0]) == ("call_Rome", "It looks so:")
    assert [part["type"] for part in after["content"]] == ["image_url", "text"]


async def test_streamed_tool_calls_one_after_the_other(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    def call(index: int, arguments: str, name: str | None = None) -> dict[str, Any]:
        begun = {"id": f"call_{index}", "type": "function"} if name else {}
        return chunk({"tool_calls": [{"index": index, **begun, "function": {"name": name, "arguments": arguments}}]})

    events = [
        chunk({"role": "assistant", "content": None}),
        *(call(0, "", "weather"), call(1, "", "now"), call(0, '{"city"'), call(1, "{}"), call(0, ':"Oslo"}')),
        chunk({}, "tool_calls"),
        usage_chunk(),
    ]
    on(standin, "o-tool-stream", sse_answer(*events, DONE))
    async with claude.messages.stream(**request("o-tool-stream", tools=[WEATHER])) as stream:
        final = await stream.get_final_message()
    assert [(block.id, block.name, block.input) for block in final.content] == [
        ("call_0", "weather", {"city": "Oslo"}),
        ("call_1", "now", {}),
    ]
    assert final.stop_reason == "tool_use"


async def test_reasoning_is_thinking_and_does_not_go_back_to_who_cannot_take_it(
    claude: anthropic.AsyncAnthropic, standin: StandIn
) -> None:
    events = [chunk({"role": "assistant", "reasoning_content": "hm"}), chunk({"content": "Hi"}), chunk({}, "stop")]
    on(standin, "o-o3-think", sse_answer(*events, DONE), json_answer(completion("Hi again")))
    asked = request("o-o3-think", thinking={"type": "enabled", "budget_tokens": 4000}, extra_body={"temperature": 1})
    async with claude.messages.stream(**asked) as stream:
        final = await stream.get_final_message()
    assert (final.content[0].thinking, final.content[1].text) == ("hm", "Hi")
    assert final.content[0].signature
    asked["messages"] += [{"role": "assistant", "content": final.content}, {"role": "user", "content": "and?"}]
    reply = await claude.messages.with_raw_response.create(**asked)
    assert reply.headers["x-aihub-dropped"] == "temperature"
    assert sent(standin, "o-o3-think")["reasoning_effort"] == "medium"
    assert sent(standin, "o-o3-think", 1)["messages"][1] == {"role": "assistant", "content": "Hi"}


async def test_pictures_and_documents(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "o-media", json_answer(completion()))
    linked = {"type": "image", "source": {"type": "url", "url": "https://example.com/a.jpg"}}
    pdf = {"type": "document", "title": "a.pdf", "source": {"type": "base64", "media_type": "application/pdf", "data": PDF}}
    note = {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "a note"}}
    asked = request("o-media")
    asked["messages"][0]["content"] = [IMAGE, linked, pdf, note, text("What is this?")]
    await claude.messages.create(**asked)
    assert sent(standin, "o-media")["messages"][0]["content"] == [
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PIXEL}"}},
        {"type": "image_url", "image_url": {"url": "https://example.com/a.jpg"}},
        {"type": "file", "file": {"filename": "a.pdf", "file_data": f"data:application/pdf;base64,{PDF}"}},
        {"type": "text", "text": "a note"},
        {"type": "text", "text": "What is this?"},
    ]


class City(BaseModel):
    name: str


async def test_structured_output(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "o-json", json_answer(completion('{"name": "Oslo"}')))
    reply = await claude.messages.parse(**request("o-json"), output_format=City)
    assert reply.parsed_output == City(name="Oslo")
    form = sent(standin, "o-json")["response_format"]
    assert (form["type"], form["json_schema"]["schema"]["required"]) == ("json_schema", ["name"])


@pytest.mark.parametrize(
    ("status", "code", "seen", "kind"),
    [
        (400, "invalid_value", 400, "invalid_request_error"),
        (404, "model_not_found", 404, "not_found_error"),
        (413, "too_large", 413, "request_too_large"),
        (422, "odd", 422, "invalid_request_error"),
        (429, "rate_limit_exceeded", 429, "rate_limit_error"),
        (500, "server_error", 500, "api_error"),
        (503, "overloaded", 529, "overloaded_error"),
        (401, "invalid_api_key", 502, "api_error"),
        (429, "insufficient_quota", 502, "api_error"),
    ],
)
async def test_an_error_is_the_sdks_own(
    claude: anthropic.AsyncAnthropic, standin: StandIn, status: int, code: str, seen: int, kind: str
) -> None:
    model = f"o-{status}-{code}"
    on(standin, model, json_answer(error("so it is", code), status, retry_after="7"))
    with pytest.raises(anthropic.APIStatusError) as caught:
        await claude.messages.create(**request(model))
    body: Any = caught.value.body
    assert (caught.value.status_code, body["error"]["type"]) == (seen, kind)
    assert body["request_id"] == caught.value.request_id
    assert caught.value.response.headers["retry-after"] == "7"
    assert seen == 502 or body["error"]["message"] == "so it is"


async def test_a_prompt_that_is_too_long_is_told_in_the_words_that_claude_code_knows(
    claude: anthropic.AsyncAnthropic, standin: StandIn
) -> None:
    on(standin, "o-long", json_answer(error("maximum context length is 8192", "context_length_exceeded"), 400))
    with pytest.raises(anthropic.BadRequestError, match="prompt is too long: maximum context"):
        await claude.messages.create(**request("o-long"))


async def test_a_stream_that_is_cut_ends_with_an_error(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "o-cut", sse_answer(*text_stream("Bon", "jour")[:2], cut=True))
    events = await claude.messages.create(**request("o-cut"), stream=True)
    found: list[Any] = []
    with pytest.raises(anthropic.APIStatusError, match="closed the stream"):
        await collect(events, found)
    assert found[0].type == "message_start"
    assert found[-1].type == "content_block_delta"


async def test_an_error_in_the_middle_of_a_stream(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "o-inband", sse_answer(*text_stream("Bon")[:2], error("out of memory", "oom", "server_error")))
    with pytest.raises(anthropic.APIStatusError, match="out of memory"):
        async with claude.messages.stream(**request("o-inband")) as events:
            await events.get_final_message()


async def test_closing_a_stream_closes_the_upstream(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    on(standin, "o-leave", sse_answer(*text_stream("Bon")[:2], hold=True))
    async with claude.messages.stream(**request("o-leave")) as events:
        async for _ in events:
            break
    async with asyncio.timeout(2):
        await standin.requests("o-leave")[0].left.wait()


async def test_limits_are_told_under_anthropics_names(http: httpx.AsyncClient, standin: StandIn) -> None:
    answer = json_answer(completion(), x_ratelimit_remaining_requests="59", x_ratelimit_reset_requests="1m30s", server="canary")
    on(standin, "o-limits", answer)
    headers = (await http.post("/v1/messages", json=request("o-limits"))).headers
    assert headers["anthropic-ratelimit-requests-remaining"] == "59"
    assert headers["anthropic-ratelimit-requests-reset"].endswith("Z")
    assert headers["content-type"] == "application/json"
    assert not [name for name in headers if name.startswith("x-ratelimit")]
    assert "canary" not in headers.values()


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"tools": [{"type": "web_search_20250305", "name": "web_search"}]}, "tools[0]"),
        ({"messages": [{"role": "user", "content": [{"type": "container_upload", "file_id": "f"}]}]}, "messages[0]"),
        ({"messages": [{"role": "user", "content": [{"type": "image", "source": {"type": "file", "file_id": "f"}}]}]}, "image"),
        ({"messages": "what?"}, "messages"),
        ({"messages": [{"role": "user", "content": [{"type": "text", "text": 5}]}]}, "messages[0].content[0].text"),
    ],
)
async def test_what_cannot_be_converted_is_refused_by_its_name(
    http: httpx.AsyncClient, standin: StandIn, more: dict[str, Any], param: str
) -> None:
    reply = await http.post("/v1/messages", json=request("o-refused", **more))
    assert reply.status_code == 400
    assert reply.json()["error"]["type"] == "invalid_request_error"
    assert param in reply.json()["error"]["message"]
    assert standin.requests("o-refused") == []


async def test_claude_codes_billing_line_does_not_go_to_another_vendor(http: httpx.AsyncClient, standin: StandIn) -> None:
    on(standin, "o-billing", json_answer(completion()))
    billing = text("x-anthropic-billing-header: cc_version=1; cch=a1b2c;")
    await http.post("/v1/messages", json=request("o-billing", system=[billing, text("You are Claude Code.")]))
    assert sent(standin, "o-billing")["messages"][0] == {"role": "system", "content": "You are Claude Code."}


async def test_the_next_channel_may_speak_another_format(claude: anthropic.AsyncAnthropic, standin: StandIn) -> None:
    standin.on("b-both", json_answer({"type": "error", "error": {"type": "api_error", "message": "x"}}, 500), at="anthropic")
    on(standin, "b-both", json_answer(completion("From the other")))
    reply = await claude.messages.create(**request("b-both"))
    assert reply.content[0].text == "From the other"
    assert [received.vendor for received in standin.requests("b-both")] == ["anthropic", "openai"]


async def test_a_history_with_calls_reads_the_same_at_every_turn(http: httpx.AsyncClient, standin: StandIn) -> None:
    on(standin, "o-prefix", json_answer(completion()))
    turns: list[dict[str, Any]] = [
        {"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": [text("Let me see."), tool_use("toolu_1", "weather.now", b=1, a=[1.50])]},
        {"role": "user", "content": [tool_result("toolu_1", "12"), text("In words.")]},
        {"role": "assistant", "content": [text("Cold.")]},
        {"role": "user", "content": "Thanks"},
    ]
    for count in (1, 3, 5):
        await http.post("/v1/messages", json=request("o-prefix") | {"messages": turns[:count]})
    sent_messages = [received.body.partition(b'"messages":[')[2] for received in standin.requests("o-prefix")]
    first, second, third = (messages.partition(b'],"max')[0] for messages in sent_messages)
    assert second.startswith(first)
    assert third.startswith(second)
