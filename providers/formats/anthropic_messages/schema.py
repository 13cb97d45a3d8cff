"""JSON Schema within what Anthropic's structured output takes; a keyword outside of it is a 400."""

from typing import Any

import msgspec

_REFUSED = frozenset(
    {
        "$schema", "$id", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
        "maxItems", "uniqueItems", "patternProperties", "propertyNames", "if", "then", "else", "not", "contains", "prefixItems",
        "minProperties", "maxProperties", "unevaluatedProperties",
    }
)  # fmt: skip

_OF_SCHEMAS = ("properties", "$defs", "definitions")
_LISTS = ("anyOf", "allOf")


def reduced(schema: msgspec.Raw) -> Any:
    """The same schema, with what cannot be said in it told to the model in the `description`."""
    return _reduced(msgspec.json.decode(schema))


def _reduced(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    found: dict[str, Any] = {}
    told: list[str] = []
    for name, value in schema.items():
        if name in _REFUSED or (name == "minItems" and isinstance(value, int) and value > 1):
            if name[0] != "$":
                told.append(f"{name}: {msgspec.json.encode(value).decode()}")
        elif name in _OF_SCHEMAS and isinstance(value, dict):
            found[name] = {each: _reduced(inner) for each, inner in value.items()}
        elif (name in _LISTS or name == "oneOf") and isinstance(value, list):
            found["anyOf" if name == "oneOf" else name] = [_reduced(inner) for inner in value]
        else:
            found[name] = _reduced(value) if name == "items" else value
    if "properties" in found or found.get("type") == "object":
        found["additionalProperties"] = False
    if told:
        found["description"] = "\n".join(filter(None, (found.get("description"), *told)))
    return found
