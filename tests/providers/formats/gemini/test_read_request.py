"""A generateContent request as the canonical one."""

from typing import Any

import orjson
import pytest

from pipeline.errors import BadRequest
from providers.canonical import (
    Audio,
    Document,
    FunctionTool,
    Image,
    Inline,
    Link,
    Message,
    Native,
    Opaque,
    Part,
    Reasoning,
    Request,
    ResponseFormat,
    ServerTool,
    ServerToolCall,
    Text,
    Thinking,
    ToolCall,
    ToolChoice,
    ToolResult,
    Uploaded,
    Video,
)
from providers.formats.gemini.call_ids import is_made
from providers.formats.gemini.signature import signature_of
from tests.support.asking import plainly, read

HELLO = [{"role": "user", "parts": [{"text": "Hello"}]}]


def asked(**members: Any) -> Request:
    return read("gemini", {"contents": HELLO, **members})


def parts(*given: dict[str, Any], role: str = "user") -> tuple[Part, ...]:
    (message,) = read("gemini", {"contents": [{"role": role, "parts": list(given)}]}).messages
    return message.parts


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({"text": "x"}, Text("x")),
        ({"text": "x", "thought": True}, Thinking("x")),
        ({"text": "x", "thought": False, "thought_signature": "c2ln"}, Text("x", signature=Opaque("gemini", "c2ln"))),
        ({"inlineData": {"mimeType": "image/jpg", "data": "AA-_"}}, Image(Inline("image/jpeg", "AA+/"))),
        ({"inline_data": {"mime_type": "audio/mpeg", "data": "AAAA"}}, Audio(Inline("audio/mp3", "AAAA"))),
        (
            {"inlineData": {"mimeType": "application/pdf", "data": "AAAA", "displayName": "a.pdf"}},
            Document(Inline("application/pdf", "AAAA"), name="a.pdf"),
        ),
        ({"fileData": {"fileUri": "https://youtu.be/x"}}, Video(Link("https://youtu.be/x", "video/mp4"))),
        ({"fileData": {"fileUri": "https://example.com/a.png?b"}}, Image(Link("https://example.com/a.png?b", "image/png"))),
        (
            {"fileData": {"fileUri": "gs://bucket/a", "mimeType": "video/mp4"}},
            Video(Uploaded(Opaque("gemini", "gs://bucket/a"), "video/mp4")),
        ),
        ({"functionCall": {"id": "1", "name": "f", "args": {"b": 1.50}}}, ToolCall("1", "f", '{"b":1.5}')),
        ({"functionCall": {"id": "1", "name": "f"}}, ToolCall("1", "f", "{}")),
    ],
)
def test_parts(given: dict[str, Any], part: Part) -> None:
    assert parts(given) == (part,)


def test_a_part_that_nobody_knows_is_kept_whole() -> None:
    (part,) = parts({"holograph": {"x": 1}})
    assert isinstance(part, Native)
    assert (part.owner, part.kind, orjson.loads(bytes(part.value))) == ("gemini", "holograph", {"holograph": {"x": 1}})


def test_what_stands_beside_a_part_is_kept() -> None:
    (part,) = parts({"fileData": {"fileUri": "https://youtu.be/x"}, "videoMetadata": {"fps": 0.2}})
    assert part.extras is not None
    assert plainly(part.extras.of("gemini")) == {"videoMetadata": {"fps": 0.2}}


def test_what_the_vendor_ran() -> None:
    code, result = parts(
        {"executableCode": {"language": "PYTHON", "code": "print(1)"}},
        {"codeExecutionResult": {"outcome": "OUTCOME_FAILED", "output": "no"}},
        role="model",
    )
    assert isinstance(code, ServerToolCall)
    assert (code.tool, code.native.kind, orjson.loads(code.arguments)) == (
        "code_execution",
        "executableCode",
        {"code": "print(1)", "language": "python"},
    )
    assert (result.tool, result.parts, result.error) == ("code_execution", (Text("no"),), True)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("response", "text", "error"),
    [
        ({"output": "12"}, "12", False),
        ({"error": "gone"}, "gone", True),
        ({"output": '{"a": 1}'}, '{"output":"{\\"a\\": 1}"}', False),
        ({"degrees": 12}, '{"degrees":12}', False),
        ({"output": [1]}, '{"output":[1]}', False),
        ({"error": {"code": 5}}, '{"error":{"code":5}}', True),
    ],
)
def test_results(response: Any, text: str, error: bool) -> None:
    (result,) = parts({"functionResponse": {"id": "1", "name": "f", "response": response}})
    assert result == ToolResult("1", (Text(text),), name="f", error=error)


def test_results_are_matched_to_calls_without_ids_and_calls_get_some() -> None:
    calls = [{"functionCall": {"name": name, "args": {}}} for name in ("f", "g", "f")]
    results = [{"functionResponse": {"name": name, "response": {"output": name}}} for name in ("g", "f", "f")]
    body = {"contents": [*HELLO, {"role": "model", "parts": calls}, {"role": "function", "parts": results}]}
    first, second = read("gemini", body).messages[1:]
    ids = [part.id for part in first.parts if isinstance(part, ToolCall)]
    assert len(set(ids)) == 3
    assert all(map(is_made, ids))
    assert [part.call_id for part in second.parts if isinstance(part, ToolResult)] == [ids[1], ids[0], ids[2]]
    assert second.role == "user"


def test_an_answer_that_a_stream_told_in_pieces_is_one_message() -> None:
    pieces = [{"role": "model", "parts": [{"text": word}]} for word in ("Bon", "jour")]
    messages = read("gemini", {"contents": [*HELLO, *pieces, *HELLO]}).messages
    assert [(message.role, len(message.parts)) for message in messages] == [("user", 1), ("assistant", 2), ("user", 1)]


def test_instructions_are_the_first_message() -> None:
    found = read("gemini", {"contents": HELLO, "system_instruction": {"parts": [{"text": "Be kind."}]}}).messages
    assert found[0] == Message(role="system", parts=(Text("Be kind."),), place="systemInstruction")


# A member of the body in either spelling, and what it is in the canonical request.
MEMBERS: list[tuple[dict[str, Any], str, Any]] = [
    ({"generationConfig": {"maxOutputTokens": "50"}}, "max_output", 50),
    ({"generation_config": {"max_output_tokens": 50}}, "max_output", 50),
    ({"generationConfig": {"responseModalities": ["TEXT", "IMAGE"]}}, "modalities", ("text", "image")),
    ({"generationConfig": {"thinkingConfig": {"thinkingBudget": 0}}}, "reasoning", Reasoning(enabled=False)),
    ({"generationConfig": {"thinkingConfig": {"thinkingBudget": -1}}}, "reasoning", Reasoning(enabled=True, adaptive=True)),
    (
        {"generationConfig": {"thinkingConfig": {"thinkingLevel": "low", "includeThoughts": True}}},
        "reasoning",
        Reasoning(enabled=True, effort="low", show="auto"),
    ),
    ({"generationConfig": {"responseMimeType": "application/json"}}, "response_format", ResponseFormat(kind="json")),
    ({"generationConfig": {"responseMimeType": "text/plain"}}, "response_format", None),
    ({"serviceTier": "SERVICE_TIER_FLEX"}, "service_tier", "flex"),
    ({"serviceTier": "standard"}, "service_tier", "default"),
    ({"labels": {"a": "b"}}, "metadata", {"a": "b"}),
    ({"toolConfig": {"functionCallingConfig": {"mode": "ANY"}}}, "tool_choice", ToolChoice("required")),
    ({"tool_config": {"function_calling_config": {"mode": "none"}}}, "tool_choice", ToolChoice("none")),
    (
        {"toolConfig": {"functionCallingConfig": {"mode": "ANY", "allowedFunctionNames": ["f"]}}},
        "tool_choice",
        ToolChoice("named", ("f",)),
    ),
    (
        {"toolConfig": {"functionCallingConfig": {"mode": "VALIDATED", "allowedFunctionNames": ["f"]}}},
        "tool_choice",
        ToolChoice("auto", ("f",)),
    ),
]


@pytest.mark.parametrize(("members", "name", "value"), MEMBERS)
def test_members(members: dict[str, Any], name: str, value: Any) -> None:
    assert getattr(asked(**members), name) == value


def test_sampling() -> None:
    given = {"temperature": 1, "topP": 0.5, "topK": 40.0, "seed": 7, "candidateCount": 2, "stopSequences": ["x"], "logprobs": 3}
    sampling = asked(
        generationConfig=given | {"responseLogprobs": True, "presencePenalty": 0.1, "frequencyPenalty": 0.2}
    ).sampling
    assert (sampling.temperature, sampling.top_p, sampling.top_k, sampling.seed, sampling.n) == (1.0, 0.5, 40, 7, 2)
    assert (sampling.stop, sampling.logprobs, sampling.top_logprobs) == (("x",), True, 3)
    assert (sampling.presence_penalty, sampling.frequency_penalty) == (0.1, 0.2)


def test_tools() -> None:
    declared = {"name": "f", "parameters": {"type": "OBJECT", "properties": {"a": {"type": "STRING"}}}, "behavior": "BLOCKING"}
    function, search = asked(tools=[{"functionDeclarations": [declared]}, {"google_search": {"excludeDomains": ["a.com"]}}]).tools
    assert isinstance(function, FunctionTool)
    assert plainly(function.parameters) == {"type": "object", "properties": {"a": {"type": "string"}}}
    assert function.extras is not None
    assert plainly(function.extras.of("gemini")) == {"behavior": "BLOCKING"}
    assert isinstance(search, ServerTool)
    assert (search.tool, search.name, search.blocked_domains) == ("web_search", "googleSearch", ("a.com",))


def test_a_schema_of_googles_is_json_schema_to_others() -> None:
    config = {"responseMimeType": "application/json", "responseSchema": {"type": "ARRAY", "items": {"type": "STRING"}}}
    found = asked(generationConfig=config).response_format
    assert found is not None
    assert plainly(found.schema) == {"type": "array", "items": {"type": "string"}}


def test_one_voice_is_openais_audio_and_more_stay_googles() -> None:
    one = {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": "Kore"}}}
    assert plainly(asked(generationConfig={"speechConfig": one}).audio) == {"voice": "Kore", "format": "wav"}
    more = asked(generationConfig={"speechConfig": {**one, "languageCode": "de"}})
    assert more.audio is None
    assert more.extras is not None
    assert list(more.extras.members) == ["generationConfig.speechConfig"]


def test_what_has_no_place_is_kept_under_its_path_and_nothing_is_not() -> None:
    config = {"mediaResolution": "LOW", "thinkingConfig": None, "responseMimeType": "text/x.enum"}
    body = {
        "safetySettings": [{"category": 10}],
        "cachedContent": "c",
        "tools": None,
        "toolConfig": {"retrievalConfig": {"a": 1}},
    }
    found = asked(generationConfig=config, **body, model="models/other", systemInstruction=None).extras
    assert found is not None
    assert plainly(found.of("gemini")) == {
        "toolConfig.retrievalConfig": {"a": 1},
        "generationConfig.mediaResolution": "LOW",
        "generationConfig.responseMimeType": "text/x.enum",
        "safetySettings": [{"category": 10}],
        "cachedContent": "c",
    }


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "contents"),
        ({"contents": []}, "contents"),
        ({"contents": [{"role": "assistant", "parts": []}]}, "contents[0].role"),
        ({"contents": HELLO, "generationConfig": {"topK": "many"}}, "generationConfig.topK"),
        ({"contents": HELLO, "generation_config": {"temperature": True}}, "generationConfig.temperature"),
        (
            {"contents": HELLO, "toolConfig": {"functionCallingConfig": {"mode": "SOMETIMES"}}},
            "toolConfig.functionCallingConfig.mode",
        ),
        ({"contents": HELLO, "tools": [{"functionDeclarations": [{}]}]}, "tools[0].functionDeclarations[0].name"),
        ({"contents": [{"parts": [{"fileData": {}}]}]}, "contents[0].parts[0].fileData.fileUri"),
    ],
)
def test_what_is_no_request_is_refused_at_its_place(body: Any, place: str) -> None:
    with pytest.raises(BadRequest) as caught:
        read("gemini", body)
    assert caught.value.param == place


def test_thoughts_that_another_vendor_signed_are_whole_again() -> None:
    signed = Thinking("Let me see", signature=Opaque("anthropic_messages", "sig"))
    pieces = [{"text": "Let ", "thought": True}, {"text": "me see", "thought": True}]
    pieces.append({"text": "", "thought": True, "thoughtSignature": signature_of(signed)})
    contents = [*HELLO, *({"role": "model", "parts": [piece]} for piece in pieces)]
    assert read("gemini", {"contents": contents}).messages[1].parts == (signed,)
