"""A canonical request, of any format's, as this one's vendors take it."""

from typing import Any

import orjson
import pytest

from pipeline.errors import BadRequest
from pipeline.json_object import JsonObject
from providers import registry
from providers.canonical import (
    Audio,
    Citation,
    Document,
    FunctionTool,
    Image,
    Inline,
    Link,
    Message,
    Native,
    Opaque,
    Part,
    PlainText,
    Reasoning,
    Request,
    Sampling,
    ServerTool,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Uploaded,
    Video,
)
from providers.formats.codec import Destination, Written
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.read_request import read_request
from providers.formats.openai_responses.write_request import write_request
from tests.support.responses import call, custom_call, reasoning, result, text

CLAUDE = "anthropic_messages"


def written(model: str = "gpt-5.1", **members: Any) -> Written:
    members = {"messages": (Message(role="user", parts=(Text("Hi"),), place="messages[0]"),), **members}
    return write_request(Request(owner=CLAUDE, model="m", **members), Destination(registry.get("openai"), model))


def body(model: str = "gpt-5.1", **members: Any) -> Any:
    return orjson.loads(bytes(written(model, **members).body.encode()))


def items(*parts: Part, role: Any = "assistant") -> Any:
    return body(messages=(Message(role=role, parts=parts, place="messages[0]"),))["input"]


def test_what_comes_from_elsewhere_is_not_stored_and_its_thoughts_come_along() -> None:
    sent = body(max_output=1, reasoning=Reasoning(budget=5000, show="auto"))
    assert (sent["store"], sent["include"], sent["max_output_tokens"]) == (False, ["reasoning.encrypted_content"], 16)
    assert sent["reasoning"] == {"effort": "medium", "summary": "auto"}


def test_a_model_that_does_not_reason_is_not_asked_to() -> None:
    found = written("gpt-4.1", reasoning=Reasoning(effort="high"), sampling=Sampling(temperature=0.5))
    sent = orjson.loads(bytes(found.body.encode()))
    assert (sent["temperature"], found.dropped) == (0.5, ("reasoning",))
    assert not {"include", "reasoning"} & set(sent)


def test_what_has_no_place_is_told() -> None:
    sampling = Sampling(top_k=5, stop=("END",), seed=1, n=2, frequency_penalty=0.5, temperature=0.5, top_p=0.5)
    assert set(written(sampling=sampling).dropped) == {"top_k", "stop", "seed", "n", "frequency_penalty", "temperature", "top_p"}


def test_instructions_are_what_a_conversation_begins_with_and_later_ones_stay_in_place() -> None:
    said = [("system", "One."), ("system", "Two."), ("user", "Hi"), ("system", "Three.")]
    sent = body(messages=tuple(Message(role=role, parts=(Text(text),)) for role, text in said))  # type: ignore[arg-type]
    assert sent["instructions"] == "One.\n\nTwo."
    assert [(item["role"], item["content"][0]["text"]) for item in sent["input"]] == [("user", "Hi"), ("system", "Three.")]


ANSWERS: list[tuple[tuple[Part, ...], list[dict[str, Any]]]] = [
    (
        (Thinking("Hm.", signature=Opaque(CLAUDE, "sig")), Text("Hi"), Text(" there")),
        [
            {
                "type": "message",
                "role": "assistant",
                "content": [
                    {"type": "output_text", "text": "Hi", "annotations": []},
                    {"type": "output_text", "text": " there", "annotations": []},
                ],
            }
        ],
    ),
    (
        (Thinking("Hm.", encrypted=Opaque(NAME, "gAAA")), ToolCall("call_1", "f", "")),
        [
            {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}], "encrypted_content": "gAAA"},
            {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"},
        ],
    ),
    (
        (ToolCall("call_1", "g", "free", custom=True),),
        [{"type": "custom_tool_call", "call_id": "call_1", "name": "g", "input": "free"}],
    ),
    (
        (Text("Hi", (Citation(kind="url", url="u"), Citation(kind="document", document=1))),),
        [
            {
                "type": "message",
                "role": "assistant",
                "content": [
                    {
                        "type": "output_text",
                        "text": "Hi",
                        "annotations": [{"type": "url_citation", "start_index": 0, "end_index": 2, "url": "u", "title": ""}],
                    }
                ],
            }
        ],
    ),
]


@pytest.mark.parametrize(("parts", "expected"), ANSWERS)
def test_an_answer_as_items(parts: tuple[Part, ...], expected: list[dict[str, Any]]) -> None:
    assert items(*parts) == expected


IMAGE = Inline("image/png", "aGk=")
RESULTS: list[tuple[ToolResult, Any]] = [
    (ToolResult("1", (Text("ok"),)), "ok"),
    (ToolResult("1", ()), ""),
    (ToolResult("1", (Text("no"),), error=True), "Error: no"),
    (ToolResult("1", (), error=True), "Error:"),
    (
        ToolResult("1", (Image(IMAGE),)),
        [{"type": "input_image", "detail": "auto", "image_url": "data:image/png;base64,aGk="}],
    ),
]


@pytest.mark.parametrize(("given", "output"), RESULTS)
def test_a_tools_result(given: ToolResult, output: Any) -> None:
    (item,) = items(given, role="user")
    assert (item["type"], item["call_id"], item["output"]) == ("function_call_output", "1", output)


CONTENT: list[tuple[Part, dict[str, Any]]] = [
    (Image(Uploaded(Opaque("openai_chat", "file_1"))), {"type": "input_image", "detail": "auto", "file_id": "file_1"}),
    (Document(Link("https://x/y.pdf")), {"type": "input_file", "file_url": "https://x/y.pdf"}),
    (
        Document(Inline("application/pdf", "aGk="), name="a.pdf"),
        {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,aGk="},
    ),
    (Document(PlainText("words"), name="Title"), {"type": "input_text", "text": "Title\n\nwords"}),
    (Audio(Inline("audio/wav", "aGk=")), {"type": "input_audio", "input_audio": {"data": "aGk=", "format": "wav"}}),
]


@pytest.mark.parametrize(("part", "expected"), CONTENT)
def test_content(part: Part, expected: dict[str, Any]) -> None:
    (item,) = items(part, role="user")
    assert item["content"] == [expected]


@pytest.mark.parametrize(
    "part",
    [
        Video(Link("https://x")),
        Image(Uploaded(Opaque(CLAUDE, "file_1"))),
        Native(CLAUDE, "container_upload", b"{}"),  # type: ignore[arg-type]
        Audio(Inline("audio/flac", "aGk=")),
    ],
)
def test_what_cannot_be_expressed_is_refused_by_its_place(part: Part) -> None:
    with pytest.raises(BadRequest) as caught:
        items(part, role="user")
    assert caught.value.param == "messages[0]"


def test_tools_of_other_formats_say_that_they_are_not_strict_and_have_fitting_names() -> None:
    found = written(tools=(FunctionTool("with.dots/and more", description="d"),))
    (tool,) = orjson.loads(bytes(found.body.encode()))["tools"]
    assert (tool["strict"], tool["parameters"]) == (False, {"type": "object", "properties": {}})
    assert found.names == {tool["name"]: "with.dots/and more"}


def test_a_search_runs_here_too_and_what_cannot_be_said_of_it_is_told() -> None:
    native = Native(CLAUDE, "web_search_20250305", b"{}")  # type: ignore[arg-type]
    found = written(tools=(ServerTool("web_search", native, max_uses=3, allowed_domains=("a.b",)),))
    assert orjson.loads(bytes(found.body.encode()))["tools"] == [{"type": "web_search", "filters": {"allowed_domains": ["a.b"]}}]
    assert found.dropped == ("max_uses",)


def test_another_vendors_tool_is_refused() -> None:
    native = Native(CLAUDE, "memory_20250818", b"{}")  # type: ignore[arg-type]
    with pytest.raises(BadRequest) as caught:
        written(tools=(ServerTool("memory", native),))
    assert caught.value.param == "tools[0]"


def test_what_came_in_this_format_goes_out_as_it_came() -> None:
    own = {
        "model": "gpt-5.1",
        "instructions": "Be kind.",
        "input": [
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "x", "prompt_cache_breakpoint": {}}]},
            reasoning("gAAA", "One.", "Two."),
            {**text("Hi"), "phase": "commentary"},
            {**call("call_1", "a"), "namespace": "mcp__x"},
            custom_call("call_2", "g", "free"),
            result("call_1", "ok"),
            {"type": "mcp_approval_response", "approval_request_id": "a", "approve": True},
            {
                "id": "ci_1",
                "type": "code_interpreter_call",
                "code": "1",
                "container_id": "c",
                "outputs": [],
                "status": "completed",
            },
        ],
        "tools": [
            {
                "type": "namespace",
                "name": "mcp__x",
                "tools": [{"type": "function", "name": "a", "parameters": {}}],
                "description": "d",
            },
            {"type": "mcp", "server_label": "x", "server_url": "https://x"},
            {"type": "custom", "name": "g", "format": {"type": "grammar", "syntax": "lark", "definition": "start: /./"}},
        ],
        "tool_choice": {"type": "custom", "name": "g"},
        "store": True,
        "include": ["file_search_call.results"],
        "reasoning": {"effort": "low", "mode": "pro"},
        "text": {
            "format": {"type": "json_schema", "name": "n", "schema": {"type": "object"}, "strict": True},
            "verbosity": "low",
        },
        "truncation": "auto",
        "metadata": {"a": "b"},
    }
    asked = read_request(JsonObject.parse(orjson.dumps(own)), "gpt-5.1", stream=False)
    sent = orjson.loads(bytes(write_request(asked, Destination(registry.get("openai"), "gpt-5.1")).body.encode()))
    own["input"][2]["content"][0].pop("logprobs")  # type: ignore[index]
    assert sent == own
