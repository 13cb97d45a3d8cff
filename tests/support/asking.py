"""A request through one codec or two, as the engine does it."""

from typing import Any

import msgspec
import orjson

from pipeline.json_object import JsonObject
from providers import canonical, formats, registry
from providers.formats.codec import Destination, Written

VENDORS = {"openai_chat": "openai", "anthropic_messages": "anthropic", "gemini": "gemini"}
"""A vendor of each format."""


def read(wire_format: str, body: Any, model: str = "m", *, stream: bool = False) -> canonical.Request:
    return formats.codec(wire_format).read_request(JsonObject.parse(orjson.dumps(body)), model, stream=stream)


def write(wire_format: str, request: canonical.Request, model: str = "m") -> Written:
    return formats.codec(wire_format).write_request(request, Destination(registry.get(VENDORS[wire_format]), model))


def sent(written: Written) -> Any:
    return orjson.loads(bytes(written.body.encode()))


def plainly(value: Any) -> Any:
    """Structs as plain values, raw JSON as what it means: to be compared."""
    if isinstance(value, msgspec.Raw):
        return orjson.loads(bytes(value))
    if isinstance(value, msgspec.Struct):
        fields = {name: plainly(getattr(value, name)) for name in value.__struct_fields__}
        return type(value).__name__, fields
    if isinstance(value, dict):
        return {name: plainly(each) for name, each in value.items()}
    return [plainly(each) for each in value] if isinstance(value, tuple | list) else value
