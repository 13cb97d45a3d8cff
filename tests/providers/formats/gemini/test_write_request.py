"""The canonical request as a generateContent's, from callers of other formats."""

from typing import Any

import pytest

from pipeline.errors import BadRequest
from providers.canonical import (
    Audio,
    CustomTool,
    Document,
    FunctionTool,
    Image,
    Inline,
    Link,
    Message,
    Opaque,
    Part,
    PlainText,
    Request,
    Sampling,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Uploaded,
)
from tests.support.asking import read, sent, write

NEW, OLD, OLDEST = "gemini-3-flash", "gemini-2.5-flash", "gemini-1.5-flash"


def user(*parts: Part, place: str = "") -> Message:
    return Message(role="user", parts=parts, place=place)


def model(*parts: Part) -> Message:
    return Message(role="assistant", parts=parts)


def body(*messages: Message, to: str = NEW, **members: Any) -> Any:
    return sent(write("gemini", Request(owner="openai_chat", model="m", messages=messages, **members), to))


def contents(*messages: Message, to: str = NEW) -> Any:
    return body(*messages, to=to)["contents"]


CALL, RESULT = ToolCall("1", "f", '{"a":1}'), ToolResult("1", (Text("x"),))
SIGNED = {"functionCall": {"name": "f", "args": {"a": 1}}, "thoughtSignature": "skip_thought_signature_validator"}
ANSWERED = {"functionResponse": {"name": "f", "response": {"output": "x"}}}
HELLO = {"role": "user", "parts": [{"text": "Hello"}]}


def test_turns() -> None:
    system = Message(role="system", parts=(Text("Be kind."),))
    found = body(system, user(Text("a")), user(Text("b")), model(Text("c")), model(Text("d")), system, user(Text("")))
    assert found["systemInstruction"] == {"parts": [{"text": "Be kind."}]}
    assert found["contents"] == [
        {"role": "user", "parts": [{"text": "a"}, {"text": "b"}]},
        {"role": "model", "parts": [{"text": "c"}, {"text": "d"}]},
        {"role": "user", "parts": [{"text": "<system>\nBe kind.\n</system>"}]},
    ]


def test_a_conversation_begins_with_the_user() -> None:
    assert contents(model(Text("Hi")))[0] == {"role": "user", "parts": [{"text": "Continue."}]}
    assert contents() == [{"role": "user", "parts": [{"text": "Continue."}]}]


def test_results_stand_in_their_calls_order_in_one_content_of_their_own() -> None:
    calls = (CALL, ToolCall("2", "g", ""))
    results = (user(ToolResult("2", (Text("y"),), error=True)), user(RESULT, Text("So?")))
    found = contents(user(Text("Hello")), model(*calls), *results, to=OLD)
    assert found[1]["parts"][1] == {"functionCall": {"name": "g", "args": {}}}
    assert found[2:] == [
        {"role": "user", "parts": [ANSWERED, {"functionResponse": {"name": "g", "response": {"error": "y"}}}]},
        {"role": "user", "parts": [{"text": "So?"}]},
    ]


def test_a_call_without_a_result_was_interrupted_and_a_result_without_a_call_is_told() -> None:
    found = contents(user(Text("Hello")), model(CALL), user(ToolResult("9", (Text("z"),), name="g"), Text("Stop")), to=OLD)
    assert found[2]["parts"][0]["functionResponse"]["response"] == {"error": "The call was interrupted: there is no result."}
    assert found[3]["parts"] == [{"text": "Result of g:\nz"}, {"text": "Stop"}]


@pytest.mark.parametrize(
    ("text", "error", "response"),
    [
        ('{"a": 1}', False, {"a": 1}),
        ("[1]", False, {"output": "[1]"}),
        ("", False, {"output": ""}),
        ('{"a": 1}', True, {"error": {"a": 1}}),
        ('{"error": "x"}', True, {"error": "x"}),
        ('{"a": ', False, {"output": '{"a": '}),
    ],
)
def test_a_result_is_an_object(text: str, error: bool, response: Any) -> None:
    result = ToolResult("1", (Text(text),), error=error)
    found = contents(user(Text("Hello")), model(CALL), user(result))
    assert found[2]["parts"] == [{"functionResponse": {"name": "f", "response": response}}]


@pytest.mark.parametrize(("to", "marked"), [(NEW, True), (OLD, False)])
def test_the_first_call_of_a_step_is_signed_where_that_is_required(to: str, marked: bool) -> None:
    found = contents(user(Text("Hello")), model(CALL, ToolCall("2", "f", "{}")), user(RESULT, ToolResult("2", ())), to=to)
    assert ["thoughtSignature" in part for part in found[1]["parts"]] == [marked, False]


def test_a_signature_of_geminis_own_is_on_the_part_that_it_was_on() -> None:
    mark = Opaque("gemini", "c2ln")
    parts = (Text("a", signature=mark), ToolCall("1", "f", "{}", signature=mark), Thinking("x", signature=mark), Thinking("y"))
    found = contents(user(Text("Hello")), model(*parts), user(RESULT))
    assert found[1]["parts"] == [
        {"text": "a", "thoughtSignature": "c2ln"},
        {"functionCall": {"name": "f", "args": {}}, "thoughtSignature": "c2ln"},
    ]


@pytest.mark.parametrize(
    ("part", "written"),
    [
        (Image(Link("https://a.com/b")), {"fileData": {"mimeType": "image/jpeg", "fileUri": "https://a.com/b"}}),
        (Document(Inline("application/pdf", "AAAA")), {"inlineData": {"mimeType": "application/pdf", "data": "AAAA"}}),
        (Document(PlainText("said"), name="a.txt"), {"text": "a.txt\n\nsaid"}),
        (Audio(Inline("audio/wav", "AAAA")), {"inlineData": {"mimeType": "audio/wav", "data": "AAAA"}}),
        (
            Document(Uploaded(Opaque("gemini", "files/1"), "text/csv")),
            {"fileData": {"mimeType": "text/csv", "fileUri": "files/1"}},
        ),
    ],
)
def test_media(part: Part, written: Any) -> None:
    assert contents(user(part))[0]["parts"] == [written]


@pytest.mark.parametrize("part", [Image(Uploaded(Opaque("openai_chat", "file-1"))), Audio(None, id="audio_1")])
def test_what_lies_at_another_vendor_is_refused_at_its_place(part: Part) -> None:
    with pytest.raises(BadRequest) as caught:
        body(user(part, place="messages[3]"))
    assert (caught.value.param, caught.value.code) == ("messages[3]", "unsupported_content")


def test_tools_in_every_generations_form() -> None:
    asked = {
        "messages": [{"role": "user", "content": "Hello"}],
        "tools": [
            {"type": "function", "function": {"name": "f", "parameters": {"$schema": "x", "properties": {"a": {"const": "b"}}}}},
            {"type": "function", "function": {"name": "g", "parameters": {"type": "object", "properties": {}}}},
        ],
        "tool_choice": "required",
    }
    request = read("openai_chat", asked)
    new, oldest = sent(write("gemini", request, NEW)), sent(write("gemini", request, OLDEST))
    assert new["tools"] == [
        {"functionDeclarations": [{"name": "f", "parametersJsonSchema": {"properties": {"a": {"const": "b"}}}}, {"name": "g"}]}
    ]
    assert oldest["tools"][0]["functionDeclarations"][0]["parameters"] == {
        "type": "OBJECT",
        "properties": {"a": {"type": "STRING", "enum": ["b"]}},
    }
    assert new["toolConfig"] == {"functionCallingConfig": {"mode": "ANY"}}


@pytest.mark.parametrize(
    ("choice", "written"),
    [
        ("auto", {"mode": "AUTO"}),
        ("none", {"mode": "NONE"}),
        ({"type": "function", "function": {"name": "f"}}, {"mode": "ANY", "allowedFunctionNames": ["f"]}),
        (
            {
                "type": "allowed_tools",
                "allowed_tools": {"mode": "auto", "tools": [{"type": "function", "function": {"name": "f"}}]},
            },
            {"mode": "VALIDATED", "allowedFunctionNames": ["f"]},
        ),
    ],
)
def test_the_choice_among_tools(choice: Any, written: Any) -> None:
    tools = [{"type": "function", "function": {"name": "f"}}]
    asked = {"messages": [{"role": "user", "content": "Hello"}], "tools": tools, "tool_choice": choice}
    assert sent(write("gemini", read("openai_chat", asked)))["toolConfig"]["functionCallingConfig"] == written


@pytest.mark.parametrize(("to", "told"), [(NEW, True), ("gemini-2.5-pro", None)])
def test_functions_beside_googles_own_tools(to: str, told: bool | None) -> None:
    tools = [
        {"type": "web_search_20250305", "name": "web_search", "max_uses": 3},
        {"name": "f", "input_schema": {"type": "object"}},
    ]
    asked = {"max_tokens": 9, "messages": [{"role": "user", "content": "Hello"}], "tools": tools}
    written = write("gemini", read("anthropic_messages", asked), to)
    assert sent(written)["tools"] == [{"googleSearch": {}}, {"functionDeclarations": [{"name": "f"}]}]
    assert sent(written).get("toolConfig", {}).get("includeServerSideToolInvocations") is told
    assert written.dropped == ("tools[0].max_uses",)


def test_free_text_is_an_argument() -> None:
    call = ToolCall("1", "patch", "*** Begin", custom=True)
    request = Request(
        owner="openai_chat",
        model="m",
        messages=(user(Text("Hello")), model(call), user(RESULT)),
        tools=(CustomTool("patch", "Edits"), FunctionTool("f")),
    )
    written = write("gemini", request, OLD)
    assert written.wrapped == {"patch"}
    assert sent(written)["contents"][1]["parts"][0]["functionCall"]["args"] == {"input": "*** Begin"}
    assert sent(written)["tools"][0]["functionDeclarations"][0]["parametersJsonSchema"]["required"] == ["input"]


@pytest.mark.parametrize(("to", "held"), [(NEW, True), (OLD, False)])
def test_json_beside_tools_is_asked_for_in_words_where_it_must_be(to: str, held: bool) -> None:
    asked = {
        "messages": [{"role": "user", "content": "Hello"}],
        "tools": [{"type": "function", "function": {"name": "f"}}],
        "response_format": {"type": "json_object"},
    }
    found = sent(write("gemini", read("openai_chat", asked), to))
    assert ("generationConfig" in found, "systemInstruction" in found) == (held, not held)


def test_what_gemini_has_no_knob_for_is_told() -> None:
    sampling = Sampling(min_p=0.1, stop=tuple("abcdef"), frequency_penalty=0.5, top_logprobs=2, logprobs=True, n=2)
    request = Request(
        owner="openai_chat",
        model="m",
        messages=(user(Text("Hello")),),
        sampling=sampling,
        verbosity="low",
        cache_key="k",
        parallel_tools=False,
        service_tier="scale",
        metadata={"a": "b"},
    )
    written = write("gemini", request, NEW)
    assert sorted(written.dropped) == [
        "cache_key", "frequency_penalty", "metadata", "min_p", "parallel_tool_calls", "service_tier", "stop[5:]", "verbosity",
    ]  # fmt: skip
    assert sent(written)["generationConfig"] == {
        "candidateCount": 2,
        "stopSequences": ["a", "b", "c", "d", "e"],
        "responseLogprobs": True,
        "logprobs": 2,
    }


def test_an_earlier_turn_is_the_same_when_there_are_later_ones() -> None:
    turns = [user(Text("Hello")), model(Text("Let me see"), CALL), user(RESULT), model(Text("Cold")), user(Text("And?"))]
    texts = [
        write("gemini", Request(owner="openai_chat", model="m", messages=tuple(turns[:count]))).body.encode() for count in (3, 5)
    ]
    earlier, later = (bytes(text).removesuffix(b"]}") for text in texts)
    assert later.startswith(earlier)
