"""Whatever events a vendor sends, in whatever order: what comes out is legal as far as it goes, or the stream fails."""

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support import chat, converting, legal, messages

CHUNKS: list[dict[str, Any]] = [
    chat.chunk({"role": "assistant", "content": ""}),
    chat.chunk({"content": "Hi"}),
    chat.chunk({"reasoning_content": "hm"}),
    chat.chunk({"refusal": "no"}),
    chat.chunk({"content": "x", "tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": '{"a"'}}]}),
    chat.chunk({"tool_calls": [{"index": 0, "function": {"arguments": ":1}"}}]}),
    chat.chunk({"tool_calls": [{"index": 1, "id": "b", "function": {"name": "g", "arguments": ""}}]}),
    chat.chunk({"tool_calls": [{"index": 0, "id": "c", "function": {"name": "h", "arguments": "{}"}}]}),
    chat.chunk({"tool_calls": [{"id": "d", "function": {"name": "i"}}]}),
    chat.chunk({"tool_calls": [{"index": 3, "function": {"arguments": "?"}}]}),
    chat.chunk({"annotations": [{"type": "url_citation", "url_citation": {"url": "https://example.com"}}]}),
    chat.chunk({}, "stop"),
    chat.chunk({}, "tool_calls"),
    chat.usage_chunk(),
    {"choices": []},
    {"choices": None},
    {"choices": [{"delta": None}]},
    {"error": {"message": "x"}},
]
EVENTS: list[dict[str, Any]] = [
    messages.start(),
    messages.PING,
    *messages.text_block(0, "Hi"),
    *messages.thinking_block(1, "sig", "hm"),
    *messages.tool_block(2, "toolu_1", "f", '{"a"', ":1}"),
    *messages.block(3, {"type": "redacted_thinking", "data": "x"}),
    *messages.block(4, {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}),
    *messages.block(5, {"type": "from_the_future"}, {"type": "future_delta", "x": 1}),
    *messages.end(),
    messages.error("api_error", "x"),
    {"type": "from_the_future"},
]


@pytest.mark.parametrize(
    ("vendor", "caller", "events"),
    [("openai_chat", "anthropic_messages", CHUNKS), ("anthropic_messages", "openai_chat", EVENTS)],
)
@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_events_in_any_order(vendor: str, caller: str, events: list[dict[str, Any]], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(events), max_size=12))
    out, whole = converting.stream(vendor, caller, [b"data: " + orjson.dumps(each) + b"\n\n" for each in chosen])
    if out:
        legal.CHECKS[caller](out, cut=not whole)
