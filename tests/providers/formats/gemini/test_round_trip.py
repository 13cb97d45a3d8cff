"""From Gemini's format to the canonical model and back nothing is lost; from anybody's to Gemini's, nothing that was said."""

from contextlib import suppress
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import BadRequest
from pipeline.json_object import JsonObject
from providers import formats
from providers.canonical import Message, Request, Text, ToolCall, ToolResult
from providers.canonical.assembly import Assembly
from providers.formats.codec import Written
from providers.formats.wire import NotInFormat
from providers.sse import EventSplitter
from tests.support.asking import plainly, read, sent, write
from tests.support.recordings import MISSING, Recording, gemini_recordings

RECORDINGS = gemini_recordings()
ASKED = [each for each in RECORDINGS if each.request.get("contents")]
ANSWERED = [each for each in RECORDINGS if each.status == 200]
CODEC = formats.codec("gemini")
SENT = Written(JsonObject.of({}))

recorded = pytest.mark.skipif(not RECORDINGS, reason=MISSING)


def named(recording: Recording) -> str:
    return recording.name


@recorded
@pytest.mark.parametrize("recording", ASKED, ids=named)
def test_a_recorded_request_loses_nothing(recording: Recording) -> None:
    model = "gemini-3-flash" if "/gemini-3" in recording.name else "gemini-2.5-flash"
    first = read("gemini", recording.request, model, stream=recording.stream)
    again = read("gemini", sent(write("gemini", first, model)), model, stream=recording.stream)
    assert plainly(again) == plainly(first)


@recorded
@pytest.mark.parametrize("recording", [each for each in ANSWERED if not each.stream], ids=named)
def test_a_recorded_answer_loses_nothing(recording: Recording) -> None:
    """Numbers are compared as such; a left out index is 0; an empty content is none."""
    written = orjson.loads(
        CODEC.write_reply(CODEC.read_reply(recording.response, SENT), Request(owner="gemini", model="m", messages=()))
    )
    original = orjson.loads(recording.response)
    for value in (written, original):
        for index, candidate in enumerate(value["candidates"]):
            candidate.setdefault("index", index)
            parts = (candidate.pop("content", None) or {}).get("parts") or []
            candidate["parts"] = [part for part in parts if part.get("text") != "" or "thoughtSignature" in part]
            if not candidate.get("logprobsResult", {}).get("chosenCandidates"):
                candidate.pop("finishMessage", None)
            for token in candidate.get("logprobsResult", {}).get("chosenCandidates", []):
                token.pop("tokenId", None)
            for top in candidate.get("logprobsResult", {}).get("topCandidates", []):
                for token in top["candidates"]:
                    token.pop("tokenId", None)
    assert written == {"responseId": "", "modelVersion": "m", **original}


@recorded
@pytest.mark.parametrize("recording", [each for each in ANSWERED if each.stream], ids=named)
def test_a_recorded_stream_told_again_says_the_same(recording: Recording) -> None:
    def reply(stream: bytes) -> Any:
        splitter, reader, assembly = EventSplitter(), CODEC.stream_reader(SENT), Assembly()
        events = [event for raw in [*splitter.feed(stream), splitter.finish()] if raw for event in reader.feed(raw)]
        events += reader.finish()
        for event in events:
            assembly.feed(event)
        return assembly.reply(), events

    first, events = reply(recording.response)
    again, _ = reply(b"".join(CODEC.stream_writer(Request(owner="gemini", model="m", messages=())).feed(events)))
    assert without_detail(again) == without_detail(first)


def without_detail(reply: Any) -> Any:
    """What only Gemini tells (which code it ran, kinds of tokens, licences), and its own words for a made id."""
    usage = reply.usage and (reply.usage.input, reply.usage.output, reply.usage.reasoning, reply.usage.cache_read)
    candidates = [
        (
            [msgspec.structs.replace(part, citations=()) if isinstance(part, Text) else part for part in each.parts],
            each.stop.reason,
        )
        for each in reply.candidates
    ]
    return reply.id, usage or (0, 0, 0, 0), candidates


words = st.text(min_size=1, max_size=12).filter(str.strip)
names = st.from_regex(r"[a-z_][a-z0-9_]{0,20}", fullmatch=True)
values = st.dictionaries(words, st.one_of(words, st.integers(-(2**40), 2**40), st.booleans(), st.none()), max_size=3)


@st.composite
def conversations(draw: st.DrawFn, *, errors: bool = True) -> tuple[Message, ...]:
    """Turns that begin with the user; every call has its result, in any order. OpenAI has no word for an error among them."""
    messages: list[Message] = []
    for turn in range(draw(st.integers(1, 4))):
        messages.append(Message(role="user", parts=tuple(map(Text, draw(st.lists(words, min_size=1, max_size=2))))))
        calls = [
            ToolCall(f"call_{turn}_{index}", draw(names), orjson.dumps(draw(values)).decode())
            for index in range(draw(st.integers(0, 3)))
        ]
        said = [Text(draw(words))] if draw(st.booleans()) or not calls else []
        messages.append(Message(role="assistant", parts=(*said, *calls)))
        results = [ToolResult(call.id, (Text(draw(words)),), error=errors and draw(st.booleans())) for call in calls]
        if results:
            messages.append(Message(role="user", parts=tuple(draw(st.permutations(results)))))
    return tuple(messages)


def told(messages: tuple[Message, ...]) -> list[Any]:
    """What was said, by whom; calls and their results by their place."""
    found: list[Any] = []
    calls: dict[str, int] = {}
    results: dict[int, Any] = {}
    for message in messages:
        for part in message.parts:
            match part:
                case Text(text=text):
                    found.append((message.role, text))
                case ToolCall():
                    calls[part.id] = len(calls)
                    found.append((part.name, orjson.loads(part.arguments)))
                case ToolResult():
                    results[calls[part.call_id]] = (part.error, [plainly(each) for each in part.parts])
    return [found, results]


@settings(deadline=None)
@given(conversations(), st.sampled_from(["gemini-1.5-flash", "gemini-2.5-pro", "gemini-3-pro"]))
def test_anybodys_conversation_keeps_its_words_calls_and_order(messages: tuple[Message, ...], model: str) -> None:
    request = Request(owner="openai_chat", model="m", messages=messages)
    again = read("gemini", sent(write("gemini", request, model)))
    assert told(again.messages) == told(messages)


@settings(deadline=None)
@given(
    st.one_of(
        st.tuples(conversations(errors=False), st.just("openai_chat")), st.tuples(conversations(), st.just("anthropic_messages"))
    )
)
def test_a_conversation_of_geminis_can_be_told_to_others(given: tuple[tuple[Message, ...], str]) -> None:
    messages, other = (*given[0], Message(role="user", parts=(Text("Go on"),))), given[1]
    body = sent(write("gemini", Request(owner="openai_chat", model="m", messages=messages), "gemini-2.5-pro"))
    again = read(other, sent(write(other, read("gemini", body))))
    assert told(again.messages) == told(messages)


@settings(deadline=None)
@given(conversations())
def test_one_turn_more_leaves_every_byte_before_it_as_it_was(messages: tuple[Message, ...]) -> None:
    ends = [index + 1 for index, message in enumerate(messages) if message.role == "assistant"]
    bodies = [
        bytes(write("gemini", Request(owner="openai_chat", model="m", messages=messages[:end]), "gemini-3-pro").body.encode())
        for end in (ends[0], len(messages))
    ]
    assert bodies[1].startswith(bodies[0].removesuffix(b"]}"))


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
members = st.sampled_from(
    ["role", "parts", "text", "thought", "functionCall", "functionResponse", "inlineData", "fileData", "name", "args", "response",
     "thoughtSignature", "partialArgs", "content", "index", "finishReason", "codeExecutionResult", "toolCall"]
)  # fmt: skip
odd = st.recursive(
    json_values, lambda inner: st.dictionaries(members, inner, max_size=4) | st.lists(inner, max_size=3), max_leaves=20
)


@settings(deadline=None)
@given(odd, odd, odd)
def test_whatever_is_asked_only_a_refusal_comes_of_it(contents: Any, tools: Any, config: Any) -> None:
    body = {"contents": [{"role": "user", "parts": contents}], "tools": tools, "generationConfig": config}
    with suppress(BadRequest):
        write("gemini", read("gemini", body))


@settings(deadline=None)
@given(odd, odd)
def test_whatever_is_answered_it_is_read_or_not_in_format(candidate: Any, more: Any) -> None:
    body = orjson.dumps({"candidates": [candidate], "usageMetadata": more, "promptFeedback": more})
    reader = CODEC.stream_reader(SENT)
    for parse in (lambda: CODEC.read_reply(body, SENT), lambda: reader.feed(b"data: " + body + b"\n\n")):
        with suppress(NotInFormat):
            parse()
