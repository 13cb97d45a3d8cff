"""Schemas: Google's, JSON Schema, and from each to the other."""

from typing import Any

import msgspec
import orjson
import pytest

from providers.formats.gemini.json_schema import read_schema
from providers.formats.gemini.write_schema import is_empty, plain, reduced


def raw(value: Any) -> msgspec.Raw:
    return msgspec.Raw(orjson.dumps(value))


@pytest.mark.parametrize(
    ("google", "schema"),
    [
        ({"type": "STRING", "enum": ["a"]}, {"type": "string", "enum": ["a"]}),
        ({"type": "string", "nullable": True}, {"type": ["string", "null"]}),
        ({"type": "STRING", "enum": ["a"], "nullable": True}, {"type": ["string", "null"], "enum": ["a", None]}),
        (
            {"type": "ARRAY", "items": {"type": "INTEGER"}, "min_items": "2"},
            {"type": "array", "items": {"type": "integer"}, "minItems": 2},
        ),
        ({"any_of": [{"type": "STRING"}], "nullable": True}, {"anyOf": [{"type": "string"}, {"type": "null"}]}),
        ({"type": "NUMBER", "example": 3}, {"type": "number", "examples": [3]}),
        ({"ref": "#/defs/a", "defs": {"a": {"type": "OBJECT"}}}, {"$ref": "#/defs/a", "$defs": {"a": {"type": "object"}}}),
        (
            {"type": "OBJECT", "properties": {"any_of": {"type": "STRING"}, "b": {"type": "NULL"}}, "propertyOrdering": ["b"]},
            {"type": "object", "properties": {"b": {"type": "null"}, "any_of": {"type": "string"}}},
        ),
    ],
)
def test_googles_schema_as_json_schema(google: Any, schema: Any) -> None:
    assert orjson.loads(bytes(read_schema(raw(google)))) == schema


@pytest.mark.parametrize(
    ("schema", "google"),
    [
        ({"type": ["string", "null"], "format": "uri"}, {"type": "STRING", "nullable": True}),
        ({"type": "string", "format": "date-time", "const": "a"}, {"type": "STRING", "format": "date-time", "enum": ["a"]}),
        ({"type": "integer", "enum": [1, 2]}, {"type": "INTEGER", "description": "One of: [1,2]"}),
        ({"type": ["string", "integer"]}, {"anyOf": [{"type": "STRING"}, {"type": "INTEGER"}]}),
        (
            {"oneOf": [{"type": "string"}, {"type": "null"}], "description": "d"},
            {"type": "STRING", "description": "d", "nullable": True},
        ),
        ({"allOf": [{"type": "string"}, {"maxLength": 3}]}, {"type": "STRING", "maxLength": 3}),
        ({"type": "array"}, {"type": "ARRAY", "items": {"type": "STRING"}}),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "boolean"}}}, {"type": "BOOLEAN"}),
        (
            {
                "type": "object",
                "properties": {"a": {"multipleOf": 2, "type": "number"}},
                "required": ["a", "b"],
                "additionalProperties": False,
            },
            {"type": "OBJECT", "properties": {"a": {"type": "NUMBER"}}, "required": ["a"]},
        ),
        ({"type": "object", "properties": {}}, {"type": "OBJECT"}),
        (True, {"type": "STRING"}),
    ],
)
def test_json_schema_reduced_to_googles(schema: Any, google: Any) -> None:
    assert reduced(raw(schema)) == google


def test_a_schema_that_refers_to_itself_is_cut_short() -> None:
    schema = {"$ref": "#/$defs/n", "$defs": {"n": {"type": "object", "properties": {"next": {"$ref": "#/$defs/n"}}}}}
    assert len(orjson.dumps(reduced(raw(schema)))) < 10_000


def test_only_the_dialect_is_taken_out_of_a_schema() -> None:
    assert bytes(plain(msgspec.Raw(b'{"$schema":"x","a": 1e5}'))) == b'{"a":1e5}'
    assert bytes(plain(msgspec.Raw(b'{ "a": 1e5 }'))) == b'{ "a": 1e5 }'


@pytest.mark.parametrize(
    ("schema", "empty"),
    [
        ({}, True),
        ({"type": "object", "properties": {}}, True),
        ({"properties": {"a": {}}}, False),
        ({"anyOf": []}, False),
        (True, True),
    ],
)
def test_a_function_without_arguments(schema: Any, empty: bool) -> None:
    assert is_empty(raw(schema)) is empty
