"""Whole events out of any pieces: the same events and the same bytes, wherever the network cut."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from providers.sse import EventSplitter, EventTooLong

# A stream's bytes, and its events; what has no blank line yet is what `finish` gives.
STREAMS: dict[str, tuple[bytes, list[bytes], bytes]] = {
    "LF": (b"data: a\n\ndata: b\n\n", [b"data: a\n\n", b"data: b\n\n"], b""),
    "CRLF": (b"data: a\r\n\r\ndata: b\r\n\r\n", [b"data: a\r\n\r\n", b"data: b\r\n\r\n"], b""),
    "CR": (b"data: a\r\rdata: b\r\r", [b"data: a\r\r"], b"data: b\r\r"),
    "LF, then CRLF": (b"data: a\n\r\nb", [b"data: a\n\r\n"], b"b"),
    "CRLF, then LF": (b"data: a\r\n\nb", [b"data: a\r\n\n"], b"b"),
    "CR, then CRLF": (b"data: a\r\r\nb", [b"data: a\r\r\n"], b"b"),
    "LF, then CR": (b"data: a\n\rb", [b"data: a\n\r"], b"b"),
    "CRLF, then CR": (b"data: a\r\n\rb", [b"data: a\r\n\r"], b"b"),
    "three line ends": (b"a\n\n\nb\n\n", [b"a\n\n", b"\nb\n\n"], b""),
    "four line ends": (b"a\n\n\n\nb\n\n", [b"a\n\n", b"\n\n", b"b\n\n"], b""),
    "only blank lines": (b"\n\n\n\n", [b"\n\n", b"\n\n"], b""),
    "a comment between": (b": wait\n\ndata: a\n\n", [b": wait\n\n", b"data: a\n\n"], b""),
    "lines of one event": (b"event: x\ndata: a\ndata: b\n\n", [b"event: x\ndata: a\ndata: b\n\n"], b""),
    "no blank line at the end": (b"data: a\n\ndata: [DONE]", [b"data: a\n\n"], b"data: [DONE]"),
    "one line end at the end": (b"data: a\n\ndata: b\n", [b"data: a\n\n"], b"data: b\n"),
    "multibyte text": ("data: \u00e9\u6a21\U0001f600\n\n".encode(), ["data: \u00e9\u6a21\U0001f600\n\n".encode()], b""),
    "a BOM": (b"\xef\xbb\xbfdata: a\n\n", [b"\xef\xbb\xbfdata: a\n\n"], b""),
    "nothing": (b"", [], b""),
}


def split(pieces: list[bytes]) -> tuple[list[bytes], bytes]:
    splitter = EventSplitter()
    events = [event for piece in pieces for event in splitter.feed(piece)]
    return events, splitter.finish()


@pytest.mark.parametrize("case", STREAMS)
def test_the_events_of_a_stream_cut_at_every_two_places(case: str) -> None:
    source, events, rest = STREAMS[case]
    for first in range(len(source) + 1):
        for second in range(first, len(source) + 1):
            assert split([source[:first], source[first:second], source[second:]]) == (events, rest)


@pytest.mark.parametrize("case", STREAMS)
def test_the_events_of_a_stream_that_comes_byte_by_byte(case: str) -> None:
    source, events, rest = STREAMS[case]
    assert split([source[index : index + 1] for index in range(len(source))]) == (events, rest)


pieces = st.lists(st.text("a:\r\n", max_size=6).map(str.encode), max_size=12)


@given(pieces)
@example([b"a\r\n\r", b"\n"])
@example([b"a\r\r", b"\nb"])
def test_any_pieces_give_the_same_events_as_the_whole_and_lose_no_byte(parts: list[bytes]) -> None:
    whole = b"".join(parts)
    events, rest = split(parts)
    assert b"".join(events) + rest == whole
    assert (events, rest) == split([whole])


@given(pieces)
def test_an_event_ends_with_a_blank_line_and_has_none_inside(parts: list[bytes]) -> None:
    for event in split(parts)[0]:
        lines = event.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert lines[-2:] == ["", ""]
        assert "" not in lines[1:-2]


def test_an_event_is_handed_out_as_soon_as_it_is_whole() -> None:
    splitter = EventSplitter()
    assert splitter.feed(b"data: a\n") == []
    assert splitter.feed(b"\ndata: b") == [b"data: a\n\n"]
    assert splitter.feed(b"\r\n\r\n") == [b"data: b\r\n\r\n"]


def test_after_finish_it_begins_anew() -> None:
    splitter = EventSplitter()
    splitter.feed(b"data: half")
    assert (splitter.finish(), splitter.finish()) == (b"data: half", b"")
    assert splitter.feed(b"data: a\n\n") == [b"data: a\n\n"]


@pytest.mark.parametrize("piece", [b"x", b"x" * 10, b"x" * 100])
def test_an_event_that_outgrows_the_limit_is_refused(piece: bytes) -> None:
    splitter = EventSplitter(limit=100)
    for _ in range(100 // len(piece)):
        assert splitter.feed(piece) == []
    with pytest.raises(EventTooLong, match="more than 100 bytes"):
        splitter.feed(piece)


def test_many_events_together_may_be_longer_than_the_limit() -> None:
    splitter = EventSplitter(limit=20)
    assert len(splitter.feed(b"data: abc\r\n\r\n" * 50)) == 50
