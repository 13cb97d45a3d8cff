"""Bytes that nobody edits stay as they came; what is no object, or two things at once, is refused in words."""

import mmap
import tempfile
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import BadRequest
from pipeline.json_object import JsonObject

# What a decode and encode would change: each member must come out as the bytes it came as.
FRAGILE = (
    rb'{ "big" : 123456789012345678901234567890 , "exp":1e5, "zero":1.0,"neg":-0,"path":"a\/b", "accent":"\u00e9",'
    rb'"pair":"\ud83d\ude00", "nested" : { "b":1, "a": [1 , 2] },"none":null,"k\u0065y":true}'
)
MEMBERS = [
    b"123456789012345678901234567890", b"1e5", b"1.0", b"-0", rb'"a\/b"', rb'"\u00e9"',
    rb'"\ud83d\ude00"', b'{ "b":1, "a": [1 , 2] }',
]  # fmt: skip


def mapped(source: bytes) -> mmap.mmap:
    with tempfile.TemporaryFile() as file:
        file.write(source)
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def encoded(body: JsonObject) -> bytes:
    return bytes(body.encode())


@pytest.mark.parametrize("source", [FRAGILE, mapped(FRAGILE)])
def test_unedited_it_is_the_very_buffer_that_was_parsed(source: Any) -> None:
    body = JsonObject.parse(source)
    assert body.verbatim
    assert body.encode() is source


@pytest.mark.parametrize("source", [FRAGILE, mapped(FRAGILE)])
def test_an_edit_leaves_every_other_value_s_bytes_alone(source: Any) -> None:
    body = JsonObject.parse(source)
    body.set("zero", "new")
    body.set("added", [1])
    body.delete("neg")
    out = encoded(body)
    assert not body.verbatim
    assert all(member in out for member in MEMBERS if member not in (b"1.0", b"-0"))
    assert msgspec.json.decode(out, type=dict[str, msgspec.Raw]).keys() == {
        "big", "exp", "zero", "path", "accent", "pair", "nested", "none", "key", "added",
    }  # fmt: skip
    assert b'"zero":"new"' in out
    assert out.endswith(b'"added":[1]}')


def test_a_replaced_member_keeps_its_place_and_a_new_one_goes_last() -> None:
    body = JsonObject.parse(b'{"a":1,"b":2}')
    body.set("a", 3)
    body.set("c", 4)
    assert encoded(body) == b'{"a":3,"b":2,"c":4}'


@pytest.mark.parametrize(
    ("source", "deleted", "out"),
    [
        (b'{"a":1}', "a", b"{}"),
        (b'{"a":1, "b":2}', "a", b'{"b":2}'),
        (b'{"a":1, "b":2}', "b", b'{"a":1}'),
        (b'{"a": 1}', "z", b'{"a": 1}'),
    ],
)
def test_deleting(source: bytes, deleted: str, out: bytes) -> None:
    body = JsonObject.parse(source)
    body.delete(deleted)
    assert encoded(body) == out


def test_an_empty_object_can_be_filled() -> None:
    body = JsonObject.parse(b" {} ")
    body.set("a", 1)
    assert encoded(body) == b'{"a":1}'


def test_reading_decodes_one_value() -> None:
    body = JsonObject.parse(FRAGILE)
    assert (body.get("path"), body.get("nested"), body.get("key")) == ("a/b", {"b": 1, "a": [1, 2]}, True)
    assert (body.get("none", 5), body.get("absent"), body.get("absent", 5)) == (None, None, 5)
    assert ("none" in body, "absent" in body) == (True, False)


def test_a_frozen_body_is_edited_in_copies_which_know_nothing_of_each_other() -> None:
    body = JsonObject.parse(b'{"a": 1}')
    body.freeze()
    for edit in (lambda: body.set("a", 2), lambda: body.delete("a")):
        with pytest.raises(RuntimeError, match="frozen since `admit`"):
            edit()
    first, second = body.copy(), body.copy()
    first.set("a", 2)
    second.delete("a")
    assert (encoded(body), encoded(first), encoded(second)) == (b'{"a": 1}', b'{"a":2}', b"{}")


DEEP = 200_000

# Bodies, and the code and a word of the refusal.
REFUSED: dict[str, tuple[bytes, str, str]] = {
    "nothing": (b"", "invalid_json", "not valid JSON"),
    "blank": (b"  \n", "invalid_json", "not valid JSON"),
    "text": (b"hello", "invalid_json", "not valid JSON"),
    "a list": (b"[]", "invalid_json", "must be a JSON object"),
    "a string": (b'"model"', "invalid_json", "must be a JSON object"),
    "null": (b"null", "invalid_json", "must be a JSON object"),
    "cut short": (b'{"a":', "invalid_json", "not valid JSON"),
    "a trailing comma": (b'{"a":1,}', "invalid_json", "not valid JSON"),
    "something after it": (b'{"a":1}{"b":2}', "invalid_json", "not valid JSON"),
    "NaN": (b'{"a":NaN}', "invalid_json", "not valid JSON"),
    "a bad escape, deep inside": (b'{"a":[{"b":"\\q"}]}', "invalid_json", "not valid JSON"),
    "a leading zero": (b'{"a":01}', "invalid_json", "not valid JSON"),
    "a control character": (b'{"a":"\x01"}', "invalid_json", "not valid JSON"),
    "half a surrogate pair": (b'{"\\ud800":1}', "invalid_json", "not valid JSON"),
    "a BOM": (b'\xef\xbb\xbf{"a":1}', "invalid_json", "not valid JSON"),
    "bad UTF-8 in a value": (b'{"a":"\xff"}', "invalid_utf8", "UTF-8"),
    "bad UTF-8 in a name": (b'{"\xff":1}', "invalid_utf8", "UTF-8"),
    "an overlong slash": (b'{"a":"\xc0\xaf"}', "invalid_utf8", "UTF-8"),
    "a surrogate in UTF-8": (b'{"a":"\xed\xa0\x80"}', "invalid_utf8", "UTF-8"),
    "lists in lists": (b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}", "invalid_json", "nested too deeply"),
    "objects in objects": (b'{"a":' * DEEP + b"1" + b"}" * DEEP, "invalid_json", "nested too deeply"),
    "a name twice": (b'{"model":"a","model":"b"}', "duplicate_field", "'model' twice"),
    "a name twice, once escaped": (b'{"model":"a","mod\\u0065l":"b"}', "duplicate_field", "'model' twice"),
    "a name in two cases": (b'{"model":"a","MODEL":"b"}', "duplicate_field", "'MODEL' twice"),
    "a name that folds to another": ('{"stream":1,"\u017ftream":2}'.encode(), "duplicate_field", "twice"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    source, code, word = REFUSED[case]
    # An empty file cannot be mapped, and is never spooled.
    for buffer in (source, mapped(source or b" ")):
        with pytest.raises(BadRequest, match=word) as refusal:
            JsonObject.parse(buffer)
        assert refusal.value.code == code


def test_only_top_level_names_must_differ() -> None:
    assert JsonObject.parse(b'{"a":{"b":1,"B":2,"b":3}}').verbatim


@pytest.mark.parametrize("value", [b"1e999", b'"\\ud800"'])
def test_a_value_that_python_cannot_hold_is_the_caller_s_mistake(value: bytes) -> None:
    with pytest.raises(BadRequest) as refusal:
        JsonObject.parse(b'{"a":%b}' % value).get("a")
    assert refusal.value.status == 400


def test_multibyte_text_over_the_block_s_edge_is_valid() -> None:
    for before in (b"", b"x", b"xx", b"xxx"):
        text = b'{"a":"' + before + "\U0001f600".encode() * (3 << 18) + b'"}'
        assert JsonObject.parse(mapped(text)).verbatim


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
names = st.text(max_size=8)
objects = st.dictionaries(names, json_values, max_size=6).filter(
    lambda made: len({name.casefold() for name in made}) == len(made)
)


@given(objects)
def test_any_object_reads_as_itself(made: dict[str, Any]) -> None:
    source = msgspec.json.encode(made)
    body = JsonObject.parse(source)
    assert body.encode() is source
    assert {name: body.get(name) for name in made} == made


@given(objects, names, json_values, st.lists(names, max_size=2))
def test_splicing_changes_what_was_asked_and_nothing_else(made: dict[str, Any], name: str, value: Any, gone: list[str]) -> None:
    raw = {key: msgspec.json.encode(each) for key, each in made.items()}
    body = JsonObject.parse(b"{" + b" , ".join(msgspec.json.encode(key) + b" : " + text for key, text in raw.items()) + b"}")
    body.set(name, value)
    for each in gone:
        body.delete(each)
    expected = {key: text for key, text in {**raw, name: msgspec.json.encode(value)}.items() if key not in gone}
    out = msgspec.json.decode(encoded(body), type=dict[str, msgspec.Raw])
    assert {key: bytes(text) for key, text in out.items()} == expected
    assert list(out) == list(expected)
