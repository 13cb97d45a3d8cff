"""A request's members, items and tools as the canonical model has them."""

from typing import Any

import orjson
import pytest

from pipeline.errors import BadRequest
from pipeline.json_object import JsonObject
from providers.canonical import (
    Citation,
    CustomTool,
    FunctionTool,
    Image,
    Inline,
    Link,
    Message,
    Native,
    Opaque,
    Part,
    Reasoning,
    Refusal,
    Request,
    ServerTool,
    ServerToolCall,
    Text,
    Thinking,
    ToolCall,
    ToolChoice,
    ToolResult,
)
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.read_request import read_request
from tests.support.responses import call, custom_call, reasoning, request, result, text

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def read(given: Any = "Hello", **more: Any) -> Request:
    return read_request(JsonObject.parse(orjson.dumps(request("m", given, **more))), "m", stream=False)


def shape(messages: tuple[Message, ...]) -> list[tuple[str, list[str]]]:
    return [(message.role, [type(part).__name__ for part in message.parts]) for message in messages]


def test_a_string_is_one_message_and_instructions_stand_before_it() -> None:
    first, second = read(instructions="Be kind.").messages
    assert (first.role, first.parts, first.place) == ("system", (Text("Be kind."),), "instructions")
    assert (second.role, second.parts, second.place) == ("user", (Text("Hello"),), "input")


TURNS: dict[str, tuple[list[Any], list[tuple[str, list[str]]]]] = {
    "what was made in one go is one message": (
        [reasoning("g"), text("Let me see."), call("1", "f"), call("2", "f"), result("1", "a"), result("2", "b")],
        [("assistant", ["Thinking", "Text", "ToolCall", "ToolCall"]), ("user", ["ToolResult"]), ("user", ["ToolResult"])],
    ),
    "two messages stay two": ([text("a"), text("b")], [("assistant", ["Text"]), ("assistant", ["Text"])]),
    "thoughts belong to what follows": (
        [text("a"), reasoning("g"), call("1", "f")],
        [("assistant", ["Text"]), ("assistant", ["Thinking", "ToolCall"])],
    ),
    "nothing comes between a call and its result": (
        [call("1", "f"), reasoning("g"), call("2", "f"), text("a")],
        [("assistant", ["ToolCall", "Thinking", "ToolCall", "Text"])],
    ),
    "thoughts alone": ([reasoning("g"), {"role": "user", "content": "x"}], [("assistant", ["Thinking"]), ("user", ["Text"])]),
    "roles in place": (
        [{"role": "developer", "content": "x"}, {"type": "message", "role": "system", "content": "y"}],
        [("developer", ["Text"]), ("system", ["Text"])],
    ),
}


@pytest.mark.parametrize("case", TURNS)
def test_items_become_messages(case: str) -> None:
    items, expected = TURNS[case]
    assert shape(read(items).messages) == expected


def first_part(item: Any) -> Part:
    return read([item]).messages[0].parts[0]


def test_thoughts_keep_what_is_encrypted_and_every_summary() -> None:
    part = first_part(reasoning("gAAA", "One.", "Two."))
    assert isinstance(part, Thinking)
    assert (part.text, part.encrypted) == ("One.\n\nTwo.", Opaque(NAME, "gAAA"))


@pytest.mark.parametrize(
    ("sealed", "signature", "encrypted"),
    [
        ("aihub.anthropic_messages.sig", Opaque("anthropic_messages", "sig"), None),
        ("aihub.anthropic_messages*.data", None, Opaque("anthropic_messages", "data")),
    ],
)
def test_what_another_vendor_signed_or_encrypted_is_its_own_again(
    sealed: str, signature: Opaque | None, encrypted: Opaque | None
) -> None:
    part = first_part(reasoning(sealed))
    assert isinstance(part, Thinking)
    assert (part.signature, part.encrypted) == (signature, encrypted)


PARTS: list[tuple[dict[str, Any], Any]] = [
    ({"type": "input_image", "image_url": f"data:image/jpg;base64,{PNG}"}, Image(Inline("image/png", PNG))),
    ({"type": "input_image", "image_url": "https://x/y.png", "detail": "low"}, Image(Link("https://x/y.png"), "low")),
    ({"type": "refusal", "refusal": "No."}, Refusal("No.")),
    (
        {
            "type": "output_text",
            "text": "Hi",
            "logprobs": [],
            "annotations": [{"type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": 2}],
        },
        Text("Hi", (Citation(kind="url", start=0, end=2, url="u", title="t"),)),
    ),
]


@pytest.mark.parametrize(("part", "expected"), PARTS)
def test_content_parts(part: dict[str, Any], expected: Part) -> None:
    assert first_part({"role": "user", "content": [part]}) == expected


def test_calls_and_results_are_tied_by_the_call_id_and_not_by_the_items() -> None:
    made, answered = read(
        [custom_call("call_1", "apply_patch", "*** Begin"), result("call_1", [{"type": "input_text", "text": "ok"}])]
    ).messages
    assert isinstance(made.parts[0], ToolCall)
    assert (made.parts[0].id, made.parts[0].arguments, made.parts[0].custom) == ("call_1", "*** Begin", True)
    assert answered.parts == (ToolResult("call_1", (Text("ok"),)),)


def test_what_the_vendor_ran_is_known_and_what_nobody_knows_is_kept() -> None:
    search = {"id": "ws_1", "type": "web_search_call", "status": "completed", "action": {"type": "search", "query": "x"}}
    (message,) = read([search, {"type": "from_the_future", "id": "z"}]).messages
    called, unknown = message.parts
    assert isinstance(called, ServerToolCall)
    assert (called.tool, orjson.loads(called.arguments)["query"]) == ("web_search", "x")
    assert isinstance(unknown, Native)
    assert (unknown.owner, unknown.kind) == (NAME, "from_the_future")


def test_members() -> None:
    asked = read(
        max_output_tokens=5,
        temperature=0.5,
        reasoning={"effort": "high", "summary": "concise", "mode": "pro"},
        text={"format": {"type": "json_object"}, "verbosity": "low"},
        include=["message.output_text.logprobs", "reasoning.encrypted_content", "file_search_call.results"],
        truncation="disabled",
        max_tool_calls=3,
        previous_response_id="resp_0",
        user="u",
    )
    assert (asked.max_output, asked.sampling.temperature, asked.sampling.logprobs) == (5, 0.5, True)
    assert asked.reasoning == Reasoning(effort="high", show="concise")
    assert asked.response_format is not None
    assert (asked.response_format.kind, asked.verbosity, asked.previous, asked.user) == ("json", "low", "resp_0", "u")
    assert asked.extras is not None
    assert set(asked.extras.members) == {"include", "reasoning.mode", "max_tool_calls"}


TOOLS: list[tuple[dict[str, Any], list[tuple[type, str]]]] = [
    ({"type": "function", "name": "f", "parameters": None}, [(FunctionTool, "f")]),
    ({"type": "custom", "name": "g"}, [(CustomTool, "g")]),
    ({"type": "namespace", "name": "mcp__x", "tools": [{"type": "function", "name": "a"}]}, [(FunctionTool, "mcp__x__a")]),
    ({"type": "web_search_preview"}, [(ServerTool, "web_search_preview")]),
]


@pytest.mark.parametrize(("tool", "expected"), TOOLS)
def test_tools(tool: dict[str, Any], expected: list[tuple[type, str]]) -> None:
    assert [(type(each), getattr(each, "name", None)) for each in read(tools=[tool]).tools] == expected


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ("required", ToolChoice("required")),
        ({"type": "function", "name": "f"}, ToolChoice("named", ("f",))),
        ({"type": "custom", "name": "g"}, ToolChoice("named", ("g",), custom=True)),
        ({"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]}, ToolChoice("auto", ("f",))),
        ({"type": "code_interpreter"}, ToolChoice("named", tool="code_execution")),
    ],
)
def test_the_choice_among_tools(choice: Any, expected: ToolChoice) -> None:
    assert read(tool_choice=choice).tool_choice == expected


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"input": None}, "input"),
    ({"input": 1}, "input"),
    ({"input": [1]}, "input[0]"),
    ({"input": [{"role": "robot", "content": "x"}]}, "input[0].role"),
    ({"input": [{"role": "user", "content": [{"type": "hologram"}]}]}, "input[0].content[0]"),
    ({"input": [{"type": "function_call", "name": "f"}]}, "input[0].call_id"),
    ({"input": [{"type": "item_reference", "id": "msg_1"}]}, "input[0]"),
    ({"prompt": {"id": "p"}}, "prompt"),
    ({"conversation": "conv_1"}, "conversation"),
    ({"background": True}, "background"),
    ({"tool_choice": "perhaps"}, "tool_choice"),
    ({"tools": [{"name": "f"}]}, "tools[0].type"),
    ({"text": {"format": {"type": "xml"}}}, "text.format.type"),
]


@pytest.mark.parametrize(("members", "param"), REFUSED)
def test_what_is_refused_is_named(members: dict[str, Any], param: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read(**{"given": "Hello", **{("given" if name == "input" else name): value for name, value in members.items()}})
    assert caught.value.param == param
