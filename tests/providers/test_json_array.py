"""A JSON array in pieces."""

from itertools import pairwise

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from providers.json_array import ArraySplitter, is_end
from providers.sse import EventTooLong

ELEMENTS = [{"a": '}]"\\ {['}, {"b": [[1], {"c": []}]}, {}]
ARRAY = b"[" + b",\r\n".join(orjson.dumps(each) for each in ELEMENTS) + b"\n]\n"


def split(pieces: list[bytes]) -> list[bytes]:
    splitter = ArraySplitter()
    found = [each for piece in pieces for each in splitter.feed(piece)]
    rest = splitter.finish()
    return [*found, rest] if rest else found


def test_each_element_comes_with_what_stands_before_it_and_the_end_by_itself() -> None:
    assert split([ARRAY]) == [b'[{"a":"}]\\"\\\\ {["}', b',\r\n{"b":[[1],{"c":[]}]}', b",\r\n{}", b"\n]", b"\n"]


@settings(deadline=None)
@given(st.lists(st.integers(0, len(ARRAY))))
def test_wherever_it_is_cut_the_pieces_are_the_same(places: list[int]) -> None:
    cuts = [0, *sorted(places), len(ARRAY)]
    assert split([ARRAY[begin:end] for begin, end in pairwise(cuts)]) == split([ARRAY])


@settings(deadline=None)
@given(st.binary())
def test_whatever_comes_is_passed_on_whole(data: bytes) -> None:
    assert b"".join(split([data])) == data


def test_an_object_that_stands_alone_is_one_piece() -> None:
    assert split([b'{"error": {"code": 400}}', b"\n"]) == [b'{"error": {"code": 400}}', b"\n"]


def test_an_element_that_never_ends_is_refused() -> None:
    with pytest.raises(EventTooLong):
        ArraySplitter(limit=10).feed(b'[{"a": "123456789')


@pytest.mark.parametrize(("raw", "end"), [(b"]", True), (b"\n]\n", True), (b"[]", True), (b'[{"a":[1]}', False), (b",{}", False)])
def test_the_end_of_an_array(raw: bytes, end: bool) -> None:
    assert is_end(raw) is end
