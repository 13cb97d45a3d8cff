"""JSON Schema for Gemini: as it is where the model takes that, reduced to Google's own `Schema` where it does not."""

from typing import Any

import msgspec

from providers.formats.fields import kind

_KEPT = frozenset(
    {
        "title", "description", "default", "required", "minItems", "maxItems", "minLength", "maxLength", "minProperties",
        "maxProperties", "minimum", "maximum", "pattern",
    }
)  # fmt: skip

_FORMATS = {"STRING": ("enum", "date-time"), "INTEGER": ("int32", "int64"), "NUMBER": ("float", "double")}

_DEEPEST = 24
"""Levels after which a schema that refers to itself is cut short: there is no way to say it."""

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])


def plain(schema: msgspec.Raw) -> msgspec.Raw:
    """The same, byte for byte but for `$schema`, which is refused."""
    if kind(schema) != b"{" or b'"$schema"' not in bytes(schema):
        return schema
    members = _members.decode(schema)
    members.pop("$schema", None)
    return msgspec.Raw(msgspec.json.encode(members))


def is_empty(schema: msgspec.Raw | None) -> bool:
    """Whether it allows no arguments: a function without any must have no schema."""
    if schema is None or kind(schema) != b"{":
        return True
    value = msgspec.json.decode(schema)
    return not (
        set(value) - {"type", "properties", "required", "$schema", "additionalProperties", "title", "description"}
    ) and not (value.get("properties") or value.get("additionalProperties"))


def reduced(schema: msgspec.Raw) -> Any:
    """As Google's `Schema`: references are written out, what cannot be said in it is told in the `description`."""
    value = msgspec.json.decode(schema)
    return _Reducer(value if isinstance(value, dict) else {}).schema(value, 0)


class _Reducer:
    def __init__(self, root: dict[str, Any]) -> None:
        self._root = root

    def schema(self, given: Any, depth: int) -> dict[str, Any]:
        value = self._resolved(given)
        if depth > _DEEPEST:
            return {"type": "OBJECT"}
        choices = value.get("anyOf") or value.get("oneOf")
        if isinstance(choices, list) and choices:
            return self._choices(value, choices, depth)
        types = value.get("type")
        names = [name for name in (types if isinstance(types, list) else [types]) if isinstance(name, str)]
        if len(others := [name for name in names if name != "null"]) > 1:
            return self._choices(value, [{**value, "type": name} for name in others], depth) | _null(names)
        return self._one(value, (others or [_guessed(value)])[0].upper(), depth) | _null(names)

    def _resolved(self, given: Any) -> dict[str, Any]:
        value = given if isinstance(given, dict) else {}
        for _ in range(_DEEPEST):
            if not isinstance(reference := value.get("$ref"), str):
                break
            found: Any = self._root
            for step in reference.removeprefix("#").strip("/").split("/"):
                found = found.get(step) if isinstance(found, dict) and step else found
            value = {
                **(found if isinstance(found, dict) else {}),
                **{name: each for name, each in value.items() if name != "$ref"},
            }
        for part in value.get("allOf") or ():
            value = {**self._resolved(part), **{name: each for name, each in value.items() if name != "allOf"}}
        return value

    def _choices(self, value: dict[str, Any], choices: list[Any], depth: int) -> dict[str, Any]:
        """Nothing may stand beside `anyOf`."""
        null = any(isinstance(each, dict) and each.get("type") == "null" for each in choices)
        some = [each for each in choices if not (isinstance(each, dict) and each.get("type") == "null")]
        written = [self.schema(each, depth + 1) for each in some]
        found = written[0] if len(written) == 1 else {"anyOf": written}
        if len(written) == 1 and "description" in value:
            found = {**found, "description": value["description"]}
        return found | ({"nullable": True} if null else {})

    def _one(self, value: dict[str, Any], name: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {"type": name} | {each: value[each] for each in value if each in _KEPT}
        if value.get("format") in _FORMATS.get(name, ()):
            found["format"] = value["format"]
        words = value.get("enum") or ([value["const"]] if "const" in value else [])
        if name == "STRING" and (said := [word for word in words if isinstance(word, str) and word]):
            found["enum"] = said
        elif words:
            told = f"One of: {msgspec.json.encode(words).decode()}"
            found["description"] = "\n".join(filter(None, (found.get("description"), told)))
        if name == "ARRAY":
            found["items"] = self.schema(value.get("items") or {"type": "string"}, depth + 1)
        if name == "OBJECT":
            properties = value.get("properties")
            inner = properties if isinstance(properties, dict) else {}
            found["properties"] = {each: self.schema(inner[each], depth + 1) for each in inner}
            found["required"] = [each for each in value.get("required") or () if each in inner]
            found = {each: found[each] for each in found if found[each] not in ({}, [])}
        return found


def _guessed(value: dict[str, Any]) -> str:
    if "properties" in value:
        return "object"
    return "array" if "items" in value else "string"


def _null(names: list[str]) -> dict[str, Any]:
    return {"nullable": True} if "null" in names else {}
