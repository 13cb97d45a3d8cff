"""Google's `Schema`, a subset of OpenAPI's with types in capitals, as the JSON Schema that everybody else speaks.
https://ai.google.dev/api/caching#Schema"""

from typing import Any

import msgspec

from providers.formats.gemini.proto_fields import camel

_COUNTS = frozenset({"minItems", "maxItems", "minLength", "maxLength", "minProperties", "maxProperties"})
_NAMES = {"defs": "$defs", "ref": "$ref"}


def read_schema(schema: msgspec.Raw) -> msgspec.Raw:
    return msgspec.Raw(msgspec.json.encode(_read(msgspec.json.decode(schema))))


def _read(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return schema
    given = {camel(name): value for name, value in schema.items()}
    nullable, order = given.pop("nullable", None), given.pop("propertyOrdering", None)
    found = {_NAMES.get(name, name): _member(name, value) for name, value in given.items()}
    if isinstance(order, list) and isinstance(properties := found.get("properties"), dict):
        first = [name for name in order if name in properties]
        found["properties"] = {name: properties[name] for name in dict.fromkeys([*first, *properties])}
    if "example" in found:
        found["examples"] = [found.pop("example")]
    return _nullable(found) if nullable is True else found


def _member(name: str, value: Any) -> Any:
    if name == "type" and isinstance(value, str):
        return value.lower()
    if name in ("properties", "defs") and isinstance(value, dict):
        return {each: _read(inner) for each, inner in value.items()}
    if name == "anyOf" and isinstance(value, list):
        return [_read(each) for each in value]
    if name in ("items", "additionalProperties"):
        return _read(value)
    # 64-bit numbers are strings in proto3 JSON.
    return int(value) if name in _COUNTS and isinstance(value, str) and value.isdecimal() else value


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    if isinstance(schema.get("anyOf"), list):
        schema["anyOf"] = [*schema["anyOf"], {"type": "null"}]
    if isinstance(schema.get("enum"), list):
        schema["enum"] = [*schema["enum"], None]
    return schema
