"""One event: its payload by the rules of server-sent events, or the whole body of a unary reply."""

import msgspec
import pytest

from pipeline.events import Event, sse_data, sse_event

PAYLOADS: list[tuple[bytes, bytes]] = [
    (b'data: {"a":1}\n\n', b'{"a":1}'),
    (b'data:{"a":1}\n\n', b'{"a":1}'),
    (b"data:  two spaces\n\n", b" two spaces"),
    (b"data: a\r\n\r\n", b"a"),
    (b"data: a\r\r", b"a"),
    (b"data: a\ndata: b\n\n", b"a\nb"),
    (b"data: a\r\ndata:b\r\n\r\n", b"a\nb"),
    (b"data\n\n", b""),
    (b"data: a\ndata\ndata: b\n\n", b"a\n\nb"),
    (b"event: x\nid: 1\ndata: a\nretry: 5\n\n", b"a"),
    (b": comment\n\n", b""),
    (b": data: no\ndata: yes\n\n", b"yes"),
    (b"database: no\n\n", b""),
    (b"data: a: b\n\n", b"a: b"),
    (b"data: a", b"a"),
    (b"\xef\xbb\xbfdata: a\n\n", b"a"),
    (b"", b""),
    (b"\n\n", b""),
]


@pytest.mark.parametrize(("raw", "data"), PAYLOADS)
def test_the_payload_of_a_raw_event(raw: bytes, data: bytes) -> None:
    assert sse_data(raw) == data
    assert Event(raw).data == data


def test_an_event_of_one_line_is_written_as_it_is_read() -> None:
    assert sse_event(b"{}") == b"data: {}\n\n"
    assert sse_data(sse_event(b'{"a":1}')) == b'{"a":1}'


def test_a_unary_event_is_its_body() -> None:
    assert Event(b'{"data: ":1}', unary=True).data == b'{"data: ":1}'


@pytest.mark.parametrize(
    ("event", "raw"), [(Event(b"data: 1\n\n", last=True), b"data: [2]\n\n"), (Event(b"1", unary=True), b"[2]")]
)
def test_another_payload_keeps_what_kind_of_event_it_is(event: Event, raw: bytes) -> None:
    assert event.with_json([2]) == Event(raw, event.last, event.unary)


def test_a_payload_that_is_no_json_is_said() -> None:
    assert Event(b"data: [1]\n\n").json() == [1]
    with pytest.raises(msgspec.DecodeError):
        Event(b"data: [DONE]\n\n").json()


ELEMENTS: list[tuple[bytes, bytes]] = [
    (b'[{"a":[1]}', b'{"a":[1]}'),
    (b',\r\n{"a":1}', b'{"a":1}'),
    (b'{"error":{}}', b'{"error":{}}'),
    (b"\n]\n", b""),
    (b"[]", b""),
]


@pytest.mark.parametrize(("raw", "data"), ELEMENTS)
def test_the_payload_of_an_arrays_element(raw: bytes, data: bytes) -> None:
    assert Event(raw).data == data


def test_another_payload_keeps_its_place_in_the_array() -> None:
    assert Event(b',\r\n{"a":1}').with_json({"b": 2}).raw == b',\r\n{"b":2}'
