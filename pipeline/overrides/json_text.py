"""Mappings as New-API keeps them: each one the text of a JSON object."""

from typing import Any

import msgspec

from pipeline.refusal import refused


def mapping_of(value: Any) -> dict[str, Any]:
    """`value` itself, or what its JSON says; an empty text is an empty mapping. Raises a `ValidationError`."""
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value) if value.strip() else {}
        except msgspec.DecodeError:
            raise refused("expected a mapping, or the JSON of one") from None
    if not isinstance(value, dict):
        raise refused("expected a mapping")
    return value
