"""A canonical reply as a whole answer, and as a stream of them."""

from typing import Any

import orjson
import pytest

from pipeline.events import sse_data
from pipeline.usage import Usage
from providers.canonical import (
    ArgumentsDelta,
    Audio,
    Candidate,
    Citation,
    CitationAdded,
    Completed,
    Event,
    Finished,
    Heartbeat,
    Inline,
    Native,
    Opaque,
    PartEnded,
    PartStarted,
    Refusal,
    RefusalDelta,
    Reply,
    Request,
    SignatureDelta,
    Started,
    Stop,
    StopReason,
    Text,
    TextDelta,
    Thinking,
    TokenLogprob,
    ToolCall,
    UsageReported,
)
from providers.formats.gemini.write_reply import write_reply, write_usage
from providers.formats.gemini.write_stream import GeminiStreamWriter

ASKED = Request(owner="gemini", model="asked", messages=())
END = Stop(StopReason.END)
CITED = Citation(kind="url", url="https://a.com", title="A")


def written(*parts: Any, **more: Any) -> Any:
    candidate = Candidate(parts=parts, stop=more.pop("stop", END), logprobs=more.pop("logprobs", None))
    return orjson.loads(write_reply(Reply(id="r", model="m", candidates=(candidate,), **more), ASKED))


def streamed(*events: Event) -> list[Any]:
    """From the first event to the last; the stream's own beginning and end are added."""
    whole = [Started("r", "m"), *events, Finished(END), UsageReported(Usage(input=2, output=3)), Completed()]
    return [orjson.loads(sse_data(event)) for event in GeminiStreamWriter(ASKED).feed(whole)]


def parts(replies: list[Any]) -> list[Any]:
    return [part for reply in replies for part in reply["candidates"][0]["content"]["parts"]]


def test_an_answer() -> None:
    assert written(Text("Hi"), usage=Usage(input=9, output=7, reasoning=4, cache_read=2)) == {
        "candidates": [{"content": {"role": "model", "parts": [{"text": "Hi"}]}, "index": 0, "finishReason": "STOP"}],
        "usageMetadata": {
            "promptTokenCount": 9,
            "candidatesTokenCount": 3,
            "totalTokenCount": 16,
            "cachedContentTokenCount": 2,
            "thoughtsTokenCount": 4,
        },
        "modelVersion": "m",
        "responseId": "r",
    }


def test_the_kinds_of_tokens() -> None:
    found = write_usage(Usage(input=9, output=7, audio_input=2, image_output=3))
    assert found["promptTokensDetails"] == [{"modality": "AUDIO", "tokenCount": 2}]
    assert found["candidatesTokensDetails"] == [{"modality": "IMAGE", "tokenCount": 3}]


@pytest.mark.parametrize(
    ("part", "told"),
    [
        (Refusal("No."), [{"text": "No."}]),
        (Thinking("hm"), [{"text": "hm", "thought": True}]),
        (ToolCall("call_1", "f", ""), [{"functionCall": {"id": "call_1", "name": "f", "args": {}}}]),
        (
            Audio(Inline("audio/wav", "AAAA"), transcript="Hi"),
            [{"inlineData": {"mimeType": "audio/wav", "data": "AAAA"}}, {"text": "Hi"}],
        ),
        (Native("anthropic_messages", "compaction", b"{}"), []),  # type: ignore[arg-type]
    ],
)
def test_parts(part: Any, told: Any) -> None:
    assert parts([written(part)]) == told


def test_pages_and_probabilities() -> None:
    token = TokenLogprob("Hi", -0.5, top=(TokenLogprob("Hi", -0.5),))
    (candidate,) = written(Thinking("hm"), Text("Hi", (CITED,)), logprobs=(token,))["candidates"]
    (support,) = candidate["groundingMetadata"]["groundingSupports"]
    assert support["segment"] == {"startIndex": 0, "endIndex": 2, "text": "Hi", "partIndex": 1}
    assert candidate["logprobsResult"]["chosenCandidates"] == [{"token": "Hi", "logProbability": -0.5}]


def test_a_call_is_told_when_it_is_whole() -> None:
    call = ToolCall("call_1", "f", "")
    found = streamed(PartStarted(call), ArgumentsDelta('{"a"'), ArgumentsDelta(":1}"), PartEnded())
    assert parts(found)[0] == {"functionCall": {"id": "call_1", "name": "f", "args": {"a": 1}}}
    assert len(found) == 2


def test_the_last_event_has_the_reason_and_the_usage_and_no_other_has() -> None:
    *first, last = streamed(PartStarted(Text("")), TextDelta("Bon"), Heartbeat(), TextDelta("jour"), PartEnded())
    assert [part["text"] for part in parts(first)] == ["Bon", "jour"]
    assert not any("usageMetadata" in reply or "finishReason" in reply["candidates"][0] for reply in first)
    assert (last["candidates"][0]["finishReason"], last["usageMetadata"]["totalTokenCount"]) == ("STOP", 5)


def test_a_signature_is_on_an_empty_part_of_the_same_kind() -> None:
    found = streamed(PartStarted(Thinking("")), SignatureDelta(Opaque("gemini", "c2ln")), PartEnded())
    assert parts(found)[0] == {"text": "", "thought": True, "thoughtSignature": "c2ln"}
    call = [PartStarted(ToolCall("1", "f", "{}")), SignatureDelta(Opaque("gemini", "c2ln")), PartEnded()]
    assert parts(streamed(*call))[0]["thoughtSignature"] == "c2ln"


def test_whole_parts_and_refusals_are_told_as_they_begin() -> None:
    begun = [PartStarted(Text("Hi", (CITED,))), PartEnded(), PartStarted(Refusal("")), RefusalDelta("No."), PartEnded()]
    found = streamed(*begun)
    assert [part["text"] for part in parts(found)] == ["Hi", "No.", ""]
    assert found[-1]["candidates"][0]["groundingMetadata"]["groundingChunks"] == [{"web": {"uri": "https://a.com", "title": "A"}}]


def test_places_are_counted_from_the_answers_beginning() -> None:
    first = [PartStarted(Text("")), TextDelta("é "), PartEnded()]
    second = [PartStarted(Text("")), TextDelta("Hi"), CitationAdded(CITED), PartEnded()]
    (support,) = streamed(*first, *second)[-1]["candidates"][0]["groundingMetadata"]["groundingSupports"]
    assert support["segment"] == {"startIndex": 3, "endIndex": 5, "text": "Hi"}
