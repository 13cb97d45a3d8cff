"""Tools in a namespace, which no other format has: there the namespace is the beginning of the name."""

from collections.abc import Iterable, Mapping

import msgspec

from providers.canonical import FunctionTool, Tool
from providers.formats.openai_responses.name import NAME

_BETWEEN = "__"

_text = msgspec.json.Decoder(str)


def joined(namespace: str | None, name: str) -> str:
    if not namespace:
        return name
    return namespace + ("" if namespace.endswith(_BETWEEN) else _BETWEEN) + name


def split_names(tools: Iterable[Tool]) -> Mapping[str, tuple[str, str]]:
    """From a joined name to the namespace and the name in it."""
    found: dict[str, tuple[str, str]] = {}
    for tool in tools:
        if isinstance(tool, FunctionTool) and (namespace := namespace_of(tool)) is not None:
            found[tool.name] = namespace, tool.name.removeprefix(joined(namespace, ""))
    return found


def namespace_of(tool: FunctionTool) -> str | None:
    raw = tool.extras.of(NAME).get("namespace") if tool.extras is not None else None
    return None if raw is None else _text.decode(raw)
