"""A stream's replies as canonical events."""

from typing import Any

import orjson
import pytest

from pipeline.events import sse_event
from pipeline.json_object import JsonObject
from providers.canonical import (
    ArgumentsDelta,
    AudioDelta,
    CitationAdded,
    Completed,
    Event,
    Failed,
    Finished,
    Opaque,
    PartEnded,
    PartStarted,
    SignatureDelta,
    Started,
    StopReason,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    ToolCall,
    UsageReported,
)
from providers.formats.codec import Written
from providers.formats.gemini.read_stream import GeminiStreamReader
from providers.formats.wire import NotInFormat
from tests.support.gemini import call, error, reply, stream, text, thought

SENT = Written(JsonObject.of({}), wrapped=frozenset({"patch"}))


def events(*replies: Any) -> list[Event]:
    reader = GeminiStreamReader(SENT)
    found = [event for each in replies for event in reader.feed(sse_event(orjson.dumps(each)))]
    return found + reader.finish()


def between(*replies: Any) -> list[Event]:
    """Without the first and the last three: `Started`; `Finished`, `UsageReported`, `Completed`."""
    found = events(*replies)
    assert isinstance(found[0], Started)
    assert [type(event) for event in found[-3:]] == [Finished, UsageReported, Completed]
    return found[1:-3]


def piece(**members: Any) -> dict[str, Any]:
    return {"functionCall": members}


def test_thoughts_then_words() -> None:
    assert between(*stream([thought("h")], [thought("m"), text("Bon")], [text("jour")])) == [
        PartStarted(Thinking("")),
        ThinkingDelta("h"),
        ThinkingDelta("m"),
        PartEnded(),
        PartStarted(Text("")),
        TextDelta("Bon"),
        TextDelta("jour"),
        PartEnded(),
    ]


def test_calls_come_whole_and_are_the_reason_to_stop() -> None:
    found = events(*stream([call("f", "c2ln", a=1), call("g")]))
    begun = [event.part for event in found if isinstance(event, PartStarted)]
    assert [(part.name, part.arguments, part.signature) for part in begun if isinstance(part, ToolCall)] == [
        ("f", "", Opaque("gemini", "c2ln")),
        ("g", "", None),
    ]
    assert [event.text for event in found if isinstance(event, ArgumentsDelta)] == ['{"a":1}', "{}"]
    assert [event.stop.reason for event in found if isinstance(event, Finished)] == [StopReason.TOOL_CALLS]


def test_arguments_that_come_in_pieces_are_one_call() -> None:
    path = "$.id"
    pieces = [
        piece(name="f", willContinue=True),
        piece(partialArgs=[{"jsonPath": path, "stringValue": "A", "willContinue": True}], willContinue=True),
        piece(partialArgs=[{"jsonPath": path, "stringValue": "B"}], willContinue=True),
        piece(),
        piece(name="f", args={}),
    ]
    found = between(*stream(*([each] for each in pieces)))
    assert [event.text for event in found if isinstance(event, ArgumentsDelta)] == ['{"id":"AB"}', "{}"]
    assert [type(event) for event in found] == [PartStarted, ArgumentsDelta, PartEnded] * 2


def test_a_call_that_is_cut_short_by_words_has_what_came() -> None:
    found = between(*stream([piece(name="f", willContinue=True)], [text("Sorry")]))
    assert [type(event) for event in found] == [PartStarted, ArgumentsDelta, PartEnded, PartStarted, TextDelta, PartEnded]


def test_free_text_is_free_again() -> None:
    assert ArgumentsDelta("*** Begin") in between(*stream([call("patch", input="*** Begin")]))


def test_a_signature_at_the_end_is_of_the_text_before() -> None:
    last = reply(text("", thoughtSignature="c2ln"))
    assert between(reply(text("Hi"), stop=None), last)[-2:] == [SignatureDelta(Opaque("gemini", "c2ln")), PartEnded()]


def test_speech_is_one_part_in_pieces() -> None:
    blobs = [{"inlineData": {"mimeType": "audio/L16;codec=pcm;rate=24000", "data": data}} for data in ("AAAA", "BBBB")]
    found = between(*stream(*([blob] for blob in blobs)))
    assert [event.data for event in found if isinstance(event, AudioDelta)] == ["AAAA", "BBBB"]
    assert [type(event) for event in found] == [PartStarted, AudioDelta, AudioDelta, PartEnded]


def test_a_page_is_cited_once_however_often_it_is_told() -> None:
    grounding = {
        "groundingChunks": [{"web": {"uri": "https://a.com"}}],
        "groundingSupports": [{"segment": {"endIndex": 2, "text": "Hi"}, "groundingChunkIndices": [0]}],
    }
    said = reply(text("Hi"), stop=None, groundingMetadata=grounding)
    found = between(said, reply(text(""), groundingMetadata=grounding))
    (added,) = (event.citation for event in found if isinstance(event, CitationAdded))
    assert (added.url, added.start, added.end) == ("https://a.com", 0, 2)


def test_words_may_follow_a_reason_to_stop_and_the_last_reason_counts() -> None:
    found = events(reply(text("a")), reply(text("b")), reply(stop="RECITATION"))
    assert [event.text for event in found if isinstance(event, TextDelta)] == ["a", "b"]
    assert [event.stop.raw for event in found if isinstance(event, Finished)] == ["RECITATION"]


def test_candidates_are_told_apart() -> None:
    second = reply(text("y"))
    second["candidates"][0]["index"] = 1
    found = events(reply(text("x")), second)
    assert [(event.text, event.choice) for event in found if isinstance(event, TextDelta)] == [("x", 0), ("y", 1)]
    assert [event.choice for event in found if isinstance(event, Finished)] == [0, 1]


def test_a_blocked_prompt_is_an_answer_that_was_filtered() -> None:
    found = events({"promptFeedback": {"blockReason": "SAFETY"}, "usageMetadata": {"promptTokenCount": 9}})
    assert [event.stop.reason for event in found if isinstance(event, Finished)] == [StopReason.FILTERED]
    assert isinstance(found[-1], Completed)


def test_a_stream_without_a_reason_to_stop_has_no_end() -> None:
    assert not any(isinstance(event, Finished | Completed) for event in events(reply(text("Hi"), stop=None)))


def test_an_error_is_the_vendors_own_words() -> None:
    (failed,) = events(reply(text("Hi"), stop=None), error(503, "Overloaded", "UNAVAILABLE"))[-1:]
    assert isinstance(failed, Failed)
    assert (failed.error.status, failed.error.message) == (503, "Overloaded")


@pytest.mark.parametrize("data", [b"[1]", b'"x"', b"{", b'{"candidates":[{"content":{"parts":[{"fileData":{}}]}}]}'])
def test_what_is_no_reply(data: bytes) -> None:
    with pytest.raises(NotInFormat):
        GeminiStreamReader(SENT).feed(sse_event(data))


@pytest.mark.parametrize("event", [b": hold on\n\n", b"[]", b"]"])
def test_what_says_nothing(event: bytes) -> None:
    assert GeminiStreamReader(SENT).feed(event) == []


def test_elements_of_an_array_are_read_as_well() -> None:
    reader = GeminiStreamReader(SENT)
    assert isinstance(reader.feed(b"[" + orjson.dumps(reply(text("Hi"))))[0], Started)
