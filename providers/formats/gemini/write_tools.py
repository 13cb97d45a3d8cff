"""The tools of a request, and the choice among them."""

from typing import Any

import msgspec

from providers.canonical import CustomTool, FunctionTool, Request, ServerTool, Tool, ToolChoice
from providers.formats.custom_tools import as_function
from providers.formats.gemini import models
from providers.formats.gemini.name import NAME
from providers.formats.gemini.write_schema import is_empty, plain, reduced
from providers.formats.tool_names import ToolNames
from providers.formats.unsupported import unsupported_tool

_SERVER_TOOLS = {"web_search": "googleSearch", "web_fetch": "urlContext", "code_execution": "codeExecution", "maps": "googleMaps"}
"""Gemini's own for what other vendors' do."""


class ToolWriter:
    """`wrapped` are the names of free-text tools, which go up as functions; `dropped` what of a server tool's options cannot be
    said."""

    def __init__(self, request: Request, model: str, names: ToolNames) -> None:
        self._request = request
        self._model = model
        self._names = names
        self._own = request.owner == NAME
        self.wrapped = frozenset(names.sent(tool.name) for tool in request.tools if isinstance(tool, CustomTool))
        self.dropped: list[str] = []

    def members(self) -> dict[str, Any]:
        """All functions are best declared together. Another vendor's choice without tools is left out: it is refused."""
        functions: list[dict[str, Any]] = []
        tools: list[dict[str, Any]] = []
        for index, tool in enumerate(self._request.tools):
            if isinstance(tool, ServerTool):
                tools.append(self._server(tool, index))
                continue
            if not functions:
                tools.append({"functionDeclarations": functions})
            functions.append(self._function(as_function(tool) if isinstance(tool, CustomTool) else tool))
        found: dict[str, Any] = {"tools": tools} if tools else {}
        config: dict[str, Any] = {}
        if (functions or self._own) and self._request.tool_choice is not None:
            config["functionCallingConfig"] = self._choice(self._request.tool_choice)
        if functions and len(tools) > 1 and not self._own and models.generation(self._model) >= (3, 0):
            config["includeServerSideToolInvocations"] = True
        return found | ({"toolConfig": config} if config else {})

    def _function(self, tool: Tool) -> dict[str, Any]:
        assert isinstance(tool, FunctionTool)
        found: dict[str, Any] = {"name": self._names.sent(tool.name)}
        if tool.description is not None:
            found["description"] = tool.description
        if tool.parameters is not None and (self._own or not is_empty(tool.parameters)):
            if models.takes_json_schema(self._model):
                found["parametersJsonSchema"] = plain(tool.parameters)
            else:
                found["parameters"] = reduced(tool.parameters)
        return found | (dict(tool.extras.of(NAME)) if tool.extras is not None else {})

    def _server(self, tool: ServerTool, index: int) -> dict[str, Any]:
        if tool.native.owner == NAME:
            return {tool.native.kind: tool.native.value}
        name = _SERVER_TOOLS.get(tool.tool)
        if name is None:
            raise unsupported_tool(tool, index)
        options = ("max_uses", "allowed_domains", "blocked_domains", "location", "context_size")
        self.dropped += [f"tools[{index}].{option}" for option in options if getattr(tool, option)]
        return {name: msgspec.Raw(b"{}")}

    def _choice(self, choice: ToolChoice) -> dict[str, Any]:
        names = [self._names.sent(name) for name in choice.names]
        if choice.mode == "none":
            return {"mode": "NONE"}
        if choice.mode == "auto":
            return {"mode": "VALIDATED", "allowedFunctionNames": names} if names else {"mode": "AUTO"}
        return {"mode": "ANY", "allowedFunctionNames": names} if names else {"mode": "ANY"}
