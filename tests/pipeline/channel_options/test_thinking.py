"""Thoughts moved into the answer."""

from typing import Any

import msgspec
import pytest

from pipeline.channel_options.thinking import ChatThoughts
from pipeline.events import sse_data, sse_event
from tests.support.chat import DONE, chunk, completion, usage_chunk


def answered(**message: Any) -> dict[str, Any]:
    whole = completion()
    whole["choices"][0]["message"] = {"role": "assistant", **message}
    return whole


@pytest.mark.parametrize(
    ("message", "content"),
    [
        ({"reasoning_content": "hm", "content": "hi"}, "<think>\nhm\n</think>\n\nhi"),
        ({"reasoning": "hm", "content": "hi"}, "<think>\nhm\n</think>\n\nhi"),
        ({"reasoning_content": "hm", "content": None, "tool_calls": [{}]}, "<think>\nhm\n</think>\n\n"),
        ({"reasoning_content": None, "content": "hi"}, "hi"),
        ({"reasoning_content": "", "content": "hi"}, "hi"),
    ],
)
def test_of_a_whole_reply(message: dict[str, Any], content: str) -> None:
    moved = msgspec.json.decode(ChatThoughts().whole(msgspec.json.encode(answered(**message))))["choices"][0]["message"]
    assert moved["content"] == content
    assert "reasoning_content" not in moved
    assert "reasoning" not in moved


@pytest.mark.parametrize(
    "body",
    [
        msgspec.json.encode(completion()),
        b'{"x": "\\"reasoning"}',
        b'no JSON but "reasoning',
        b'{"choices": 5, "reasoning": 1}',
    ],
)
def test_a_reply_without_thoughts_keeps_its_bytes(body: bytes) -> None:
    assert ChatThoughts().whole(body) == body


def streamed(*deltas: Any) -> list[Any]:
    """What comes out: the content of each chunk, or the raw event if it is none."""
    mover = ChatThoughts()
    events = [event if isinstance(event, bytes) else sse_event(msgspec.json.encode(event)) for event in deltas]
    out = [event for one in events for event in mover.feed([one])]
    return [_content(event) for event in out]


def _content(event: bytes) -> Any:
    if event == DONE:
        return "[DONE]"
    choices = msgspec.json.decode(sse_data(event))["choices"]
    return [choice["delta"].get("content") for choice in choices]


def test_thoughts_end_before_the_first_word() -> None:
    events = (
        chunk({"role": "assistant", "content": "", "reasoning_content": None}),
        chunk({"content": None, "reasoning_content": "h"}),
        chunk({"reasoning_content": "m"}),
        chunk({"content": "Hi", "reasoning_content": None}),
        chunk({"content": " there"}),
        chunk({}, "stop"),
        usage_chunk(),
        DONE,
    )
    assert streamed(*events) == [
        [""], ["<think>\nh"], ["m"], ["\n</think>\n\nHi"], [" there"], [None], [], "[DONE]",
    ]  # fmt: skip


@pytest.mark.parametrize("end", [chunk({}, "stop"), chunk({"tool_calls": [{"index": 0}]}), chunk({"content": "x"})])
def test_thoughts_end_before_whatever_comes_next(end: dict[str, Any]) -> None:
    out = streamed(chunk({"reasoning_content": "hm"}), end)
    assert out[1][0].startswith("\n</think>\n\n")


def test_each_choice_has_its_own_thoughts() -> None:
    def choices(*deltas: tuple[int, dict[str, Any]]) -> dict[str, Any]:
        return {"choices": [{"index": index, "delta": delta} for index, delta in deltas]}

    out = streamed(
        choices((0, {"reasoning_content": "a"}), (1, {"content": "x"})),
        choices((1, {"content": "y"})),
        choices((0, {"content": "z"})),
    )
    assert out == [["<think>\na", "x"], ["y"], ["\n</think>\n\nz"]]


def test_a_chunk_with_thought_and_word_has_both() -> None:
    assert streamed(chunk({"reasoning_content": "hm", "content": "Hi"})) == [["<think>\nhm\n</think>\n\nHi"]]


def test_events_without_thoughts_keep_their_bytes() -> None:
    raw = b'data:  {"choices": [ {"index":0,"delta":{"content":"x"}} ]}\n\n'
    assert ChatThoughts().feed([raw, b": ping\n\n", DONE]) == [raw, b": ping\n\n", DONE]
