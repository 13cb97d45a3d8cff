"""Canonical events as this format's: legal, and in its own words."""

from typing import Any

import pytest

from pipeline.errors import UpstreamFailed
from pipeline.usage import Usage
from providers.canonical import (
    ArgumentsDelta,
    Citation,
    CitationAdded,
    Completed,
    Event,
    Finished,
    Heartbeat,
    Image,
    Inline,
    Native,
    Opaque,
    Part,
    PartEnded,
    PartStarted,
    Refusal,
    RefusalDelta,
    Request,
    ServerToolCall,
    ServerToolResult,
    SignatureDelta,
    Started,
    Stop,
    StopReason,
    Text,
    TextDelta,
    Thinking,
    ThinkingDelta,
    TokenLogprob,
    ToolCall,
    UsageReported,
)
from providers.formats.openai_responses.write_stream import ResponsesStreamWriter
from tests.support.responses import legal, payloads

CLAUDE = "anthropic_messages"
ASKED = Request(owner="openai_responses", model="m", messages=(), reply_id="resp_abc", continues="resp_0")


def told(*events: Event, stop: Stop | None = None) -> list[dict[str, Any]]:
    writer = ResponsesStreamWriter(ASKED)
    ending = (Finished(stop or Stop(StopReason.END)), UsageReported(Usage(input=5, output=2)), Completed())
    out = b"".join(writer.feed([Started("msg_vendor", "claude", 1), *events, *ending]))
    legal(out)
    return payloads(out)


def whole(*parts: Part) -> list[Event]:
    return [event for part in parts for event in (PartStarted(part), PartEnded())]


def output(*events: Event, stop: Stop | None = None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = told(*events, stop=stop)[-1]["response"]["output"]
    return found


def test_the_answer_has_the_id_under_which_it_is_kept() -> None:
    events = told(PartStarted(Text("")), TextDelta("Hi"), PartEnded())
    for event in (events[0], events[-1]):
        response = event["response"]
        assert (response["id"], response["previous_response_id"], response["store"]) == ("resp_abc", "resp_0", True)
    assert events[-1]["response"]["usage"]["total_tokens"] == 7


def test_words_in_a_row_are_one_message() -> None:
    (item,) = output(*whole(Text("a"), Refusal("b"), Text("c")))
    assert [part["type"] for part in item["content"]] == ["output_text", "refusal", "output_text"]
    assert item["id"] == "msg_abc_0"


def test_thoughts_have_a_summary_and_what_their_vendor_signed_comes_along_sealed() -> None:
    signed = SignatureDelta(Opaque(CLAUDE, "sig"))
    (item,) = output(PartStarted(Thinking("")), ThinkingDelta("Hm"), ThinkingDelta("."), signed, PartEnded())
    assert item["summary"] == [{"type": "summary_text", "text": "Hm."}]
    assert item["encrypted_content"] == "aihub.anthropic_messages.sig"


def test_redacted_thoughts_have_no_summary() -> None:
    (item,) = output(*whole(Thinking(encrypted=Opaque(CLAUDE, "data"))))
    assert (item["summary"], item["encrypted_content"]) == ([], "aihub.anthropic_messages*.data")


@pytest.mark.parametrize(
    ("call", "pieces", "expected"),
    [
        (ToolCall("1", "f", ""), ('{"a"', ":1}"), {"type": "function_call", "arguments": '{"a":1}'}),
        (ToolCall("1", "f", ""), (), {"type": "function_call", "arguments": "{}"}),
        (ToolCall("1", "f", "", custom=True), ("fr", "ee"), {"type": "custom_tool_call", "input": "free"}),
        (ToolCall("1", "f", "", custom=True), (), {"type": "custom_tool_call", "input": ""}),
    ],
)
def test_calls(call: ToolCall, pieces: tuple[str, ...], expected: dict[str, Any]) -> None:
    (item,) = output(PartStarted(call), *(ArgumentsDelta(piece) for piece in pieces), PartEnded())
    assert {name: item[name] for name in expected} == expected


def test_citations_are_told_once_their_text_is_known() -> None:
    events = told(PartStarted(Text("")), CitationAdded(Citation(kind="url", url="u")), TextDelta("Hello"), PartEnded())
    (added,) = [event for event in events if event["type"] == "response.output_text.annotation.added"]
    assert (added["annotation"]["start_index"], added["annotation"]["end_index"]) == (0, 5)


def test_what_the_vendor_ran_is_one_item_with_what_came_of_it() -> None:
    native = Native(CLAUDE, "x", b"{}")  # type: ignore[arg-type]
    ran = ServerToolCall("1", "code_execution", '{"code":"1+1"}', native)
    printed = ServerToolResult("1", "code_execution", (Text("2"),), native)
    item, _ = output(*whole(ran, printed, Text("Two.")))
    assert (item["type"], item["code"], item["outputs"]) == ("code_interpreter_call", "1+1", [{"type": "logs", "logs": "2"}])


def test_a_picture() -> None:
    (item,) = output(*whole(Image(Inline("image/png", "aGk="))))
    assert (item["type"], item["result"]) == ("image_generation_call", "aGk=")


def test_what_only_another_vendor_knows_is_left_out() -> None:
    native = Native(CLAUDE, "x", b"{}")  # type: ignore[arg-type]
    assert output(*whole(native, ServerToolCall("1", "memory", "{}", native))) == []


@pytest.mark.parametrize(
    ("reason", "status", "details"),
    [
        (StopReason.LENGTH, "incomplete", {"reason": "max_output_tokens"}),
        (StopReason.FILTERED, "incomplete", {"reason": "content_filter"}),
        (StopReason.STOP_SEQUENCE, "completed", None),
    ],
)
def test_why_it_ended(reason: StopReason, status: str, details: Any) -> None:
    last = told(*whole(Text("Hi")), stop=Stop(reason))[-1]
    assert (last["type"], last["response"]["incomplete_details"]) == (f"response.{status}", details)


def test_why_a_model_would_not_answer_is_its_refusal() -> None:
    (item,) = output(stop=Stop(StopReason.FILTERED, explanation="Not that."))
    assert item["content"] == [{"type": "refusal", "refusal": "Not that."}]


def test_log_probabilities() -> None:
    tokens = (TokenLogprob("Hi", -0.5),)
    (item,) = output(PartStarted(Text("")), TextDelta("Hi", logprobs=tokens), PartEnded())
    assert item["content"][0]["logprobs"] == [{"token": "Hi", "logprob": -0.5, "bytes": [72, 105], "top_logprobs": []}]


def test_other_candidates_and_heartbeats_change_nothing() -> None:
    events = told(Heartbeat(), *whole(Text("a")), PartStarted(Text(""), 1), RefusalDelta("x", 1), PartEnded(1))
    assert len(events[-1]["response"]["output"]) == 1


def test_it_fails_with_what_it_has_said() -> None:
    writer = ResponsesStreamWriter(ASKED)
    out = b"".join(writer.feed([Started("x", "m"), *whole(Thinking("Hm.")), PartStarted(Text("")), TextDelta("Hi")]))
    assert writer.fail is not None
    end = payloads(writer.fail(UpstreamFailed("It broke.")))
    assert [event["sequence_number"] for event in end] == [len(payloads(out)), len(payloads(out)) + 1]
    assert [item["type"] for item in end[1]["response"]["output"]] == ["reasoning"]
