"""The tools of a request, and the choice among them."""

from collections.abc import Iterable

import msgspec

from pipeline.errors import BadRequest
from providers.canonical import FunctionTool, Native, ServerTool, Tool, ToolChoice
from providers.formats.gemini.json_schema import read_schema
from providers.formats.gemini.name import NAME
from providers.formats.gemini.proto_fields import ProtoFields

SERVER_TOOLS = {
    "googleSearch": "web_search",
    "googleSearchRetrieval": "web_search",
    "enterpriseWebSearch": "web_search",
    "codeExecution": "code_execution",
    "urlContext": "web_fetch",
    "fileSearch": "file_search",
    "googleMaps": "maps",
    "computerUse": "computer",
    "mcpServers": "mcp",
}
"""What a member of a `Tool` is called here."""


def read_tools(fields: ProtoFields) -> tuple[Tool, ...]:
    """Each `Tool` holds several, one a member."""
    return tuple(found for tool in fields.objects("tools") for found in _tools(tool))


def _tools(tool: ProtoFields) -> Iterable[Tool]:
    for function in tool.objects("functionDeclarations"):
        yield _function(function)
    rest = tool.rest(NAME)
    for name, raw in rest.members.items() if rest is not None else ():
        about = ProtoFields.of(raw, tool.at(name)) if bytes(memoryview(raw)[:1]) == b"{" else ProtoFields({})
        yield ServerTool(
            SERVER_TOOLS.get(name, name),
            Native(NAME, name, raw),
            name=name,
            blocked_domains=about.texts("excludeDomains"),
        )


def _function(function: ProtoFields) -> FunctionTool:
    schema, json_schema = function.raw("parameters"), function.raw("parametersJsonSchema")
    return FunctionTool(
        function.required_text("name"),
        description=function.text("description"),
        parameters=json_schema if schema is None else read_schema(schema),
        extras=function.rest(NAME),
    )


def read_tool_choice(config: ProtoFields | None) -> tuple[ToolChoice | None, dict[str, msgspec.Raw]]:
    """The choice, and what else `toolConfig` says, by its place in the body."""
    calling = config.object("functionCallingConfig") if config is not None else None
    choice = None if calling is None else _choice(calling)
    kept: dict[str, msgspec.Raw] = {}
    for part in (calling, config):
        rest = part.rest(NAME) if part is not None else None
        if part is not None and rest is not None:
            kept.update((part.at(name), raw) for name, raw in rest.members.items())
    return choice, kept


def _choice(calling: ProtoFields) -> ToolChoice | None:
    mode, names = calling.word("mode"), calling.texts("allowedFunctionNames")
    match mode:
        case None | "AUTO" | "MODE_UNSPECIFIED":
            return None if mode is None and not names else ToolChoice("auto", names)
        case "ANY":
            return ToolChoice("named", names) if len(names) == 1 else ToolChoice("required", names)
        case "NONE":
            return ToolChoice("none")
        case "VALIDATED":
            return ToolChoice("auto", names)
        case _:
            place = calling.at("mode")
            raise BadRequest(f"`{place}` cannot be {mode!r}.", code="invalid_value", param=place)
