"""The W3C headers: what is believed of them."""

import pytest

from app.telemetry.context import Parent, read_parent, write_parent
from pipeline.flow import Headers

TRACE, SPAN = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GOOD = f"00-{TRACE}-{SPAN}-01"
FOUND = Parent(int(TRACE, 16), int(SPAN, 16), 1)


def headers(*pairs: tuple[str, str]) -> Headers:
    return Headers((name.encode(), value.encode("latin-1")) for name, value in pairs)


@pytest.mark.parametrize(
    ("value", "parent"),
    [
        (GOOD, FOUND),
        (f"00-{TRACE}-{SPAN}-00", Parent(FOUND.trace_id, FOUND.span_id, 0)),
        (f"00-{TRACE}-{SPAN}-03", Parent(FOUND.trace_id, FOUND.span_id, 3)),
        (f"00-{TRACE}-{SPAN}-ff", Parent(FOUND.trace_id, FOUND.span_id, 3)),
        (f"cc-{TRACE}-{SPAN}-01", FOUND),
        (f"cc-{TRACE}-{SPAN}-01-what-a-later-version-adds", FOUND),
        (f"00-{TRACE}-{SPAN}-01-more", None),
        (f"ff-{TRACE}-{SPAN}-01", None),
        (f"00-{TRACE.upper()}-{SPAN}-01", None),
        (f"00-{'0' * 32}-{SPAN}-01", None),
        (f"00-{TRACE}-{'0' * 16}-01", None),
        (f"00-{TRACE[1:]}-{SPAN}-01", None),
        (f"{GOOD}\n", None),
        ("", None),
        ("garbage", None),
    ],
)
def test_traceparent(value: str, parent: Parent | None) -> None:
    assert read_parent(headers(("traceparent", value))) == parent


def test_none_or_two_of_them_begin_a_new_trace() -> None:
    assert read_parent(headers()) is None
    assert read_parent(headers(("traceparent", GOOD), ("traceparent", GOOD))) is None


@pytest.mark.parametrize(
    ("states", "kept"),
    [
        ([], ""),
        (["a=1,b=2"], "a=1,b=2"),
        (["a=1", "", "b=2"], "a=1,b=2"),
        (["a=" + "x" * 600], ""),
        (["a=\xe9"], ""),
    ],
)
def test_tracestate(states: list[str], kept: str) -> None:
    found = read_parent(headers(("traceparent", GOOD), *(("tracestate", state) for state in states)))
    assert found is not None
    assert found.state == kept


def test_what_is_written_can_be_read() -> None:
    assert write_parent(FOUND.trace_id, FOUND.span_id, 1) == GOOD
    assert write_parent(1, 2, 1) == f"00-{1:032x}-{2:016x}-01"
