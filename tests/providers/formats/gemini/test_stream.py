"""Following a stream whose bytes stay as they are."""

from typing import Any

import orjson
import pytest

from pipeline.events import sse_event
from providers.formats.gemini.stream import GeminiTap
from tests.support.gemini import error, reply, stream, text


def followed(*events: Any) -> GeminiTap:
    raw = [event if isinstance(event, bytes) else sse_event(orjson.dumps(event)) for event in events]
    tap = GeminiTap()
    assert tap.feed(raw) == raw
    assert tap.finish() == []
    return tap


def indexed(value: dict[str, Any], index: int) -> dict[str, Any]:
    value["candidates"][0]["index"] = index
    return value


BEGUN = reply(text("Bon"), stop=None)

COMPLETE: dict[str, tuple[list[Any], bool]] = {
    "nothing": ([], False),
    "words": ([BEGUN], False),
    "a reason to stop": (stream([text("Bon")]), True),
    "more after the reason": ([*stream([text("Bon")]), {"usageMetadata": {"promptTokenCount": 1}}], True),
    "a reason in an array": ([b"[" + orjson.dumps(reply(text("Bon")))], True),
    "one of two candidates": ([BEGUN, indexed(reply(text("x"), stop=None), 1), reply(text(""))], False),
    "both candidates": ([BEGUN, indexed(reply(text("x")), 1), reply(text(""))], True),
    "a blocked prompt": ([{"promptFeedback": {"blockReason": "SAFETY"}}], True),
    "feedback without a block": ([{"promptFeedback": {"safetyRatings": []}}], False),
    "an error": ([BEGUN, error(503, "no", "UNAVAILABLE")], True),
    "no reply at all": ([b'data: {"finishReason"\n\n', b'data: ["finishReason"]\n\n'], False),
    "an odd index": ([indexed(reply(text("x")), [])], True),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("name", COMPLETE)
def test_when_a_stream_may_end(name: str) -> None:
    events, complete = COMPLETE[name]
    tap = followed(*events)
    assert (tap.complete, tap.done) == (complete, False)


def test_the_last_usage_counts_and_is_never_added_up() -> None:
    first = reply(text("a"), stop=None) | {"usageMetadata": {"promptTokenCount": 9, "totalTokenCount": 9}}
    usage = followed(first, first, reply(text("b"))).usage
    assert usage is not None
    assert (usage.input, usage.output) == (9, 7)


def test_words_about_a_reason_to_stop_are_no_reason() -> None:
    assert not followed(reply(text('"finishReason": "STOP"'), stop=None)).complete
