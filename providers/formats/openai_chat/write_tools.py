"""The tools of a chat completion's request, and the choice among them."""

from typing import Any

from providers.canonical import CustomTool, FunctionTool, Request, ServerTool, ToolChoice
from providers.formats.codec import Destination
from providers.formats.custom_tools import as_function
from providers.formats.openai_chat.name import NAME
from providers.formats.tool_names import ToolNames
from providers.formats.unsupported import unsupported_tool


class ToolWriter:
    """`wrapped` are the names of custom tools, which go up as functions: most vendors of this format know no others."""

    def __init__(self, request: Request, to: Destination, names: ToolNames) -> None:
        self._request = request
        self._model = to.model
        self._names = names
        self.wrapped = frozenset(names.sent(tool.name) for tool in request.tools if isinstance(tool, CustomTool))

    def members(self) -> dict[str, Any]:
        """None of a choice or a flag without tools: OpenAI refuses that."""
        found: dict[str, Any] = {}
        tools = []
        for index, tool in enumerate(self._request.tools):
            match tool:
                case FunctionTool():
                    tools.append(self._function(tool))
                case CustomTool():
                    tools.append(self._function(as_function(tool)))
                case ServerTool():
                    found |= self._server(tool, index)
        if tools:
            found["tools"] = tools
            if (choice := self._request.tool_choice) is not None:
                found["tool_choice"] = self._choice(choice)
            if self._request.parallel_tools is not None:
                found["parallel_tool_calls"] = self._request.parallel_tools
        return found

    def _function(self, tool: FunctionTool) -> dict[str, Any]:
        function = {
            "name": self._names.sent(tool.name),
            "description": tool.description,
            "parameters": tool.parameters,
            "strict": tool.strict,
        }
        return {"type": "function", "function": {name: value for name, value in function.items() if value is not None}}

    def _server(self, tool: ServerTool, index: int) -> dict[str, Any]:
        """OpenAI's search models search whether asked or not; this only says how."""
        if tool.tool != "web_search" or "search" not in self._model:
            raise unsupported_tool(tool, index)
        if tool.native.owner == NAME:
            return {"web_search_options": tool.native.value}
        options: dict[str, Any] = {}
        if tool.context_size is not None:
            options["search_context_size"] = tool.context_size
        if tool.location is not None:
            options["user_location"] = {"type": "approximate", "approximate": tool.location}
        return {"web_search_options": options}

    def _choice(self, choice: ToolChoice) -> Any:
        named = [{"type": "function", "function": {"name": self._names.sent(name)}} for name in choice.names]
        if choice.mode == "named":
            return named[0] if named else "required"
        if named:
            return {"type": "allowed_tools", "allowed_tools": {"mode": choice.mode, "tools": named}}
        return choice.mode
