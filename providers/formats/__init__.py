"""The wire formats, by name."""

from importlib import import_module
from typing import cast

from providers.formats.codec import Codec
from providers.formats.wire import WireFormat

_FORMATS = {
    "openai_chat": "providers.formats.openai_chat",
    "openai_responses": "providers.formats.openai_responses",
    "anthropic_messages": "providers.formats.anthropic_messages",
}

_loaded: dict[str, WireFormat] = {}
_codecs: dict[str, Codec] = {}


def names() -> tuple[str, ...]:
    return tuple(_FORMATS)


def get(name: str) -> WireFormat:
    """The format, imported on first use. Raises KeyError for an unknown name."""
    wire = _loaded.get(name)
    if wire is None:
        wire = _loaded[name] = cast(WireFormat, import_module(_FORMATS[name]).FORMAT)
    return wire


def codec(name: str) -> Codec:
    """The format's conversions, imported on first use: who only passes bytes on does without."""
    found = _codecs.get(name)
    if found is None:
        found = _codecs[name] = cast(Codec, import_module(_FORMATS[name] + ".codec").CODEC)
    return found
