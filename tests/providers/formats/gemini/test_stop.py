"""Why a candidate ended."""

from typing import Any

import pytest

from providers.canonical import Stop, StopReason
from providers.formats.gemini.stop import read_block, read_stop, write_stop


@pytest.mark.parametrize(
    ("word", "called", "reason"),
    [
        ("STOP", False, StopReason.END),
        ("STOP", True, StopReason.TOOL_CALLS),
        (None, True, StopReason.TOOL_CALLS),
        ("MAX_TOKENS", True, StopReason.LENGTH),
        ("SAFETY", True, StopReason.FILTERED),
        ("RECITATION", False, StopReason.FILTERED),
        ("MALFORMED_FUNCTION_CALL", False, StopReason.MALFORMED),
        ("CONTINUATION", False, StopReason.PAUSED),
        ("A_LATER_WORD", False, StopReason.END),
        (["STOP"], False, StopReason.END),
    ],
)
def test_read(word: Any, called: bool, reason: StopReason) -> None:
    assert read_stop(word, called=called).reason is reason


def test_a_filter_says_which_and_why() -> None:
    assert read_stop("SPII", "Private.", called=False) == Stop(
        StopReason.FILTERED, category="SPII", explanation="Private.", raw="SPII"
    )
    assert read_stop("STOP", "Model generated function call(s).", called=True).explanation is None


def test_a_blocked_prompt() -> None:
    assert read_block({"blockReason": "JAILBREAK", "blockReasonMessage": "No."}) == Stop(
        StopReason.FILTERED, category="JAILBREAK", explanation="No.", raw="JAILBREAK"
    )
    assert read_block({"safetyRatings": []}) is read_block(None) is None


@pytest.mark.parametrize(
    ("stop", "written"),
    [
        (Stop(StopReason.END, raw="end_turn"), {"finishReason": "STOP"}),
        (Stop(StopReason.TOOL_CALLS), {"finishReason": "STOP"}),
        (Stop(StopReason.LENGTH, raw="length"), {"finishReason": "MAX_TOKENS"}),
        (Stop(StopReason.FILTERED, raw="content_filter"), {"finishReason": "SAFETY"}),
        (Stop(StopReason.FILTERED, explanation="No.", raw="SPII"), {"finishReason": "SPII", "finishMessage": "No."}),
    ],
)
def test_written(stop: Stop, written: dict[str, str]) -> None:
    assert write_stop(stop) == written
