"""How much a model has said, by the letters that pass."""

import pytest

from pipeline.events import sse_event
from providers import formats
from providers.formats.said import letters_said

CHAT = formats.get("openai_chat").said
MESSAGES = formats.get("anthropic_messages").said

ROWS: list[tuple[tuple[bytes, ...], bytes, int]] = [
    (CHAT, b'{"choices":[{"delta":{"content":"hello"}}]}', 5),
    (CHAT, b'{"choices":[{"delta":{"content": "hello"}}]}', 5),
    (CHAT, b'{"choices":[{"delta":{"role":"assistant","content":""}}]}', 0),
    (CHAT, b'{"choices":[{"delta":{"content":null}}],"model":"m"}', 0),
    (CHAT, b'{"choices":[{"delta":{"reasoning_content":"hm"}}]}', 2),
    (CHAT, b'{"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"{\\"a\\":"}}]}}]}', 7),
    (CHAT, b'{"choices":[{"delta":{"content":"say \\"content\\": \\"x\\""}}]}', 22),
    (CHAT, b'{"choices":[],"usage":{"prompt_tokens":3}}', 0),
    (MESSAGES, b'{"type":"content_block_delta","delta":{"type":"text_delta","text":"Hi there"}}', 8),
    (MESSAGES, b'{"type":"content_block_delta","delta":{"type":"thinking_delta","thinking":"so"}}', 2),
    (MESSAGES, b'{"type":"content_block_delta","delta":{"type":"input_json_delta","partial_json":"{}"}}', 2),
    (MESSAGES, b'{"type":"ping"}', 0),
]


@pytest.mark.parametrize(("members", "event", "letters"), ROWS)
def test_the_letters_of_an_event(members: tuple[bytes, ...], event: bytes, letters: int) -> None:
    assert letters_said(sse_event(event), members) == letters


def test_a_batch_is_the_sum_of_its_events_and_half_an_event_counts_as_far_as_it_goes() -> None:
    batch = b"".join(sse_event(b'{"choices":[{"delta":{"content":"abc"}}]}') for _ in range(100))
    assert letters_said(batch, CHAT) == 300
    assert letters_said(b'{"content":"cut off he', CHAT) == 10
