"""A whole answer as the canonical reply."""

import base64
from typing import Any

import orjson
import pytest

from pipeline.json_object import JsonObject
from providers.canonical import Audio, Image, Inline, Opaque, Reply, StopReason, Text, Thinking, ToolCall
from providers.formats.codec import Written
from providers.formats.gemini.read_reply import read_reply
from providers.formats.wire import NotInFormat
from tests.support.gemini import call, reply, text, thought

SENT = Written(JsonObject.of({}), names={"sent": "asked"}, wrapped=frozenset({"patch"}))


def read(value: Any) -> Reply:
    return read_reply(orjson.dumps(value), SENT)


def test_parts_in_their_order() -> None:
    found = read(reply(thought("hm"), text("Hi"), call("sent", "c2ln", a=1), text("", thoughtSignature="bGFzdA==")))
    (candidate,) = found.candidates
    assert (found.id, found.model) == ("resp-1", "gemini-m")
    assert candidate.stop.reason is StopReason.TOOL_CALLS
    first, second, third, last = candidate.parts
    assert (first, second) == (Thinking("hm"), Text("Hi"))
    assert isinstance(third, ToolCall)
    assert (third.name, third.arguments, third.signature) == ("asked", '{"a":1}', Opaque("gemini", "c2ln"))
    assert last == Text("", signature=Opaque("gemini", "bGFzdA=="))


def test_a_signature_that_comes_last_is_the_texts() -> None:
    (candidate,) = read(reply(text("Hi"), text("", thoughtSignature="c2ln"))).candidates
    assert candidate.parts == (Text("Hi", signature=Opaque("gemini", "c2ln")),)


def test_ids_are_made_of_the_answers_own() -> None:
    def ids(name: str) -> list[str]:
        value = reply(call("f"), call("f")) | {"responseId": name}
        return [part.id for part in read(value).candidates[0].parts if isinstance(part, ToolCall)]

    assert ids("a") == ids("a")
    assert len({*ids("a"), *ids("b"), *ids("")}) == 6


def test_free_text_is_free_again() -> None:
    (part,) = read(reply(call("patch", input="*** Begin"))).candidates[0].parts
    assert isinstance(part, ToolCall)
    assert (part.custom, part.arguments) == (True, "*** Begin")


def test_pictures_and_speech() -> None:
    samples = base64.b64encode(b"\x01\x00").decode()
    blobs = [("image/png", "AAAA"), ("audio/L16;codec=pcm;rate=24000", samples)]
    parts = [{"inlineData": {"mimeType": kind, "data": data}} for kind, data in blobs]
    image, audio = read(reply(*parts)).candidates[0].parts
    assert image == Image(Inline("image/png", "AAAA"))
    assert isinstance(audio, Audio)
    assert isinstance(audio.source, Inline)
    assert audio.source.media_type == "audio/wav"


def test_log_probabilities() -> None:
    result = {
        "chosenCandidates": [{"token": "Hi", "logProbability": -0.5}],
        "topCandidates": [{"candidates": [{"token": "Hi", "logProbability": -0.5}, {"token": "é", "logProbability": -2}]}],
    }
    (token,) = read(reply(text("Hi"), logprobsResult=result)).candidates[0].logprobs or ()
    assert (token.token, token.logprob, [top.token for top in token.top]) == ("Hi", -0.5, ["Hi", "é"])
    assert token.top[1].bytes == tuple("é".encode())


@pytest.mark.parametrize("content", [{}, {"content": {}}, {"content": {"parts": []}}, {"content": {"role": "model"}}])
def test_a_candidate_may_be_empty(content: dict[str, Any]) -> None:
    (candidate,) = read({"candidates": [{**content, "finishReason": "SAFETY"}]}).candidates
    assert (candidate.parts, candidate.stop.reason) == ((), StopReason.FILTERED)


def test_a_blocked_prompt_has_one_empty_candidate() -> None:
    (candidate,) = read({"promptFeedback": {"blockReason": "OTHER"}}).candidates
    assert (candidate.parts, candidate.stop.category) == ((), "OTHER")


@pytest.mark.parametrize(
    "value", [[], "x", {"candidates": {}}, {"candidates": [1]}, {"candidates": [{"content": {"parts": [{"text": 1}]}}]}]
)
def test_what_is_no_answer(value: Any) -> None:
    with pytest.raises(NotInFormat):
        read(value)
