"""Schemas within what Anthropic's structured output takes."""

from typing import Any

import msgspec
import pytest

from providers.formats.anthropic_messages.schema import reduced


@pytest.mark.parametrize(
    ("schema", "taken"),
    [
        ({"type": "string"}, {"type": "string"}),
        ({"type": "integer", "minimum": 1, "maximum": 9}, {"type": "integer", "description": "minimum: 1\nmaximum: 9"}),
        (
            {"type": "string", "description": "A word.", "maxLength": 5},
            {"type": "string", "description": "A word.\nmaxLength: 5"},
        ),
        ({"$schema": "x", "type": "object"}, {"type": "object", "additionalProperties": False}),
        (
            {"oneOf": [{"const": 1}, {"type": "number", "multipleOf": 2}]},
            {"anyOf": [{"const": 1}, {"type": "number", "description": "multipleOf: 2"}]},
        ),
        (
            {"type": "array", "minItems": 1, "items": {"minLength": 1}},
            {"type": "array", "minItems": 1, "items": {"description": "minLength: 1"}},
        ),
        ({"type": "array", "minItems": 2}, {"type": "array", "description": "minItems: 2"}),
        (
            {"properties": {"maximum": {"type": "string"}}},
            {"properties": {"maximum": {"type": "string"}}, "additionalProperties": False},
        ),
        ({"$defs": {"a": {"minimum": 1}}}, {"$defs": {"a": {"description": "minimum: 1"}}}),
        (True, True),
    ],
)
def test_what_cannot_be_required_is_told(schema: Any, taken: Any) -> None:
    assert reduced(msgspec.Raw(msgspec.json.encode(schema))) == taken
