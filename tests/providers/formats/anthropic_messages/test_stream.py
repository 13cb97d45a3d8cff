"""Following a message's stream without changing it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.usage import Usage
from providers.formats.anthropic_messages.stream import STOP, MessageTap, is_last
from providers.sse import EventSplitter
from tests.support import messages

WHOLE = [messages.sse(messages.PING), *messages.stream(messages.text_block(0, '"message_stop"', "there"))]
USED = Usage(input=18, output=3, cache_read=5, cache_write=4, cache_write_1h=3)
ERROR = messages.sse(messages.error("overloaded_error", "x"))


@pytest.mark.parametrize(
    ("events", "done", "complete", "added"),
    [
        (WHOLE, True, True, []),
        (WHOLE[:-1], False, True, [STOP]),
        (WHOLE[:-2], False, False, []),
        ([], False, False, []),
        ([*WHOLE[:3], ERROR], True, True, []),
        ([b"data: {\n\n", b": hi\n\n"], False, False, []),
    ],
)
def test_when_a_stream_may_end(events: list[bytes], done: bool, complete: bool, added: list[bytes]) -> None:
    tap = MessageTap()
    assert tap.feed(events) == events if events else True
    assert (tap.done, tap.complete, tap.finish()) == (done, complete, added)


@given(st.lists(st.integers(0, len(b"".join(WHOLE))), max_size=8).map(sorted))
def test_wherever_the_stream_is_cut_the_same_is_known(places: list[int]) -> None:
    source = b"".join(WHOLE)
    splitter, tap = EventSplitter(), MessageTap()
    out = []
    for start, end in zip([0, *places], [*places, len(source)], strict=True):
        if events := splitter.feed(source[start:end]):
            out += tap.feed(events)
    assert (out, tap.usage, tap.done) == (WHOLE, USED, True)


def test_the_last_event_is_known_by_its_name_or_its_type() -> None:
    assert [is_last(event) for event in WHOLE] == [*[False] * (len(WHOLE) - 1), True]
    assert is_last(b'data: {"type":"message_stop"}\n\n')
