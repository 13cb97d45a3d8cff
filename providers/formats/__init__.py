"""The wire formats, by name."""

from importlib import import_module
from typing import cast

from providers.formats.wire import WireFormat

_FORMATS = {
    "openai_chat": "providers.formats.openai_chat",
}

_loaded: dict[str, WireFormat] = {}


def names() -> tuple[str, ...]:
    return tuple(_FORMATS)


def get(name: str) -> WireFormat:
    """The format, imported on first use. Raises KeyError for an unknown name."""
    wire = _loaded.get(name)
    if wire is None:
        wire = _loaded[name] = cast(WireFormat, import_module(_FORMATS[name]).FORMAT)
    return wire
