"""Names and ids of tool calls under each vendor's rules: changed only where they must be, and always in the same way, so that a
conversation reads the same at every turn."""

import hashlib
import re
from collections.abc import Iterable

from providers.canonical import Request, ToolCall
from providers.canonical.tools import CustomTool, FunctionTool

_OTHER = re.compile(r"[^A-Za-z0-9_-]")


def fitting(text: str, limit: int) -> str:
    """`text` if it has 1 to `limit` letters, digits, `_` and `-`; else the like of it, with a hash that keeps it apart."""
    if 0 < len(text) <= limit and _OTHER.search(text) is None:
        return text
    mark = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{_OTHER.sub('_', text)[: limit - 9]}_{mark}"


class ToolNames:
    """The names in one request, as they go up; `changed` maps back those that differ."""

    def __init__(self, request: Request, limit: int) -> None:
        self._limit = limit
        self.changed = {sent: name for name in set(_names(request)) if (sent := fitting(name, limit)) != name}

    def sent(self, name: str) -> str:
        return fitting(name, self._limit)


def _names(request: Request) -> Iterable[str]:
    for tool in request.tools:
        if isinstance(tool, FunctionTool | CustomTool):
            yield tool.name
    for message in request.messages:
        for part in message.parts:
            if isinstance(part, ToolCall):
                yield part.name
