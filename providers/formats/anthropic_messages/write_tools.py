"""The tools of a message's request, and the choice among them."""

from typing import Any

import msgspec

from providers.canonical import CustomTool, FunctionTool, Request, ServerTool, Tool
from providers.formats.anthropic_messages.name import NAME
from providers.formats.anthropic_messages.write_blocks import Block, cache_control
from providers.formats.custom_tools import as_function
from providers.formats.fields import kind
from providers.formats.tool_names import ToolNames
from providers.formats.unsupported import unsupported_tool

WEB_SEARCH = "web_search_20250305"

_NO_ARGUMENTS = msgspec.Raw(b'{"type":"object","properties":{}}')


class ToolWriter:
    """`wrapped` are the names of free-text tools, which go up as functions."""

    def __init__(self, request: Request, names: ToolNames) -> None:
        self._request = request
        self._names = names
        self.wrapped = frozenset(names.sent(tool.name) for tool in request.tools if isinstance(tool, CustomTool))

    def members(self) -> dict[str, Any]:
        """None of a choice without tools: that is refused."""
        choice = self._request.tool_choice
        allowed = choice.names if choice is not None and choice.mode != "named" else ()
        tools = [
            self._tool(tool, index)
            for index, tool in enumerate(self._request.tools)
            if not allowed or getattr(tool, "name", None) in allowed
        ]
        if not tools:
            return {}
        found: dict[str, Any] = {"tools": tools}
        if (written := self._choice()) is not None:
            found["tool_choice"] = written
        return found

    @property
    def forced(self) -> bool:
        """Whether the model has to call a tool, which it cannot while it thinks."""
        choice = self._request.tool_choice
        return choice is not None and choice.mode in ("required", "named") and bool(self._request.tools)

    def _tool(self, tool: Tool, index: int) -> Block:
        match tool:
            case FunctionTool():
                found = self._function(tool)
            case CustomTool():
                found = self._function(as_function(tool))
            case ServerTool() if tool.native.owner == NAME:
                return msgspec.json.decode(tool.native.value, type=dict[str, msgspec.Raw])
            case ServerTool(tool="web_search"):
                found = _web_search(tool)
            case ServerTool():
                raise unsupported_tool(tool, index)
        if tool.cache is not None:
            found["cache_control"] = cache_control(tool.cache)
        if tool.extras is not None:
            found |= tool.extras.of(NAME)
        return found

    def _function(self, tool: FunctionTool) -> Block:
        found: Block = {"name": self._names.sent(tool.name)}
        if tool.description:
            found["description"] = tool.description
        found["input_schema"] = _object_schema(tool.parameters)
        if tool.strict:
            found["strict"] = True
        return found

    def _choice(self) -> Block | None:
        choice, parallel = self._request.tool_choice, self._request.parallel_tools
        found: Block = {"type": "auto"}
        match choice.mode if choice is not None else None:
            case None if parallel is None:
                return None
            case "none":
                return {"type": "none"}
            case "required":
                found = {"type": "any"}
            case "named" if choice is not None and choice.names:
                found = {"type": "tool", "name": self._names.sent(choice.names[0])}
        if parallel is not None:
            found["disable_parallel_tool_use"] = not parallel
        return found


def _object_schema(schema: msgspec.Raw | None) -> msgspec.Raw:
    """A schema that says nothing of an object says nothing of arguments."""
    if schema is None or kind(schema) != b"{":
        return _NO_ARGUMENTS
    members = msgspec.json.decode(schema, type=dict[str, msgspec.Raw])
    if "type" in members:
        return schema
    return msgspec.Raw(msgspec.json.encode({"type": "object", **members}))


def _web_search(tool: ServerTool) -> Block:
    found: Block = {"type": WEB_SEARCH, "name": "web_search"}
    if tool.max_uses is not None:
        found["max_uses"] = tool.max_uses
    if tool.allowed_domains:
        found["allowed_domains"] = tool.allowed_domains
    elif tool.blocked_domains:
        found["blocked_domains"] = tool.blocked_domains
    if tool.location is not None:
        found["user_location"] = {"type": "approximate", **msgspec.json.decode(tool.location, type=dict[str, msgspec.Raw])}
    return found
