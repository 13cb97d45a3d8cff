"""The tools of a message's request, and the choice among them."""

import re

import msgspec

from pipeline.errors import BadRequest
from providers.canonical import FunctionTool, Native, ServerTool, Tool, ToolChoice
from providers.formats.anthropic_messages.name import NAME
from providers.formats.anthropic_messages.read_blocks import read_cache
from providers.formats.fields import Fields

# Typed tools carry their date: web_search_20250305. What is between is the tool.
_DATED = re.compile(r"(.+?)(?:_tool)?_\d{8}")

_CANONICAL = {
    "tool_search_tool_regex": "tool_search",
    "tool_search_tool_bm25": "tool_search",
    "computer_toolset": "computer",
    "mcp_toolset": "mcp",
}


def read_tools(fields: Fields) -> tuple[Tool, ...]:
    return tuple(_tool(tool) for tool in fields.objects("tools"))


def _tool(tool: Fields) -> Tool:
    whole = tool.all()
    cache, kind = read_cache(tool), tool.text("type")
    if kind is None or kind == "custom":
        return FunctionTool(
            tool.required_text("name"),
            description=tool.text("description"),
            parameters=tool.raw("input_schema"),
            strict=tool.flag("strict"),
            cache=cache,
            extras=tool.rest(NAME),
        )
    dated = _DATED.fullmatch(kind)
    name = dated[1] if dated is not None else kind
    return ServerTool(
        _CANONICAL.get(name, name),
        Native(NAME, kind, whole),
        name=tool.text("name"),
        max_uses=tool.integer("max_uses"),
        allowed_domains=tool.texts("allowed_domains"),
        blocked_domains=tool.texts("blocked_domains"),
        location=_location(tool.object("user_location")),
        cache=cache,
    )


def _location(fields: Fields | None) -> msgspec.Raw | None:
    if fields is None:
        return None
    fields.raw("type")
    return fields.all()


def read_tool_choice(choice: Fields | None) -> tuple[ToolChoice | None, bool | None]:
    """The choice, and whether tools may be called in parallel."""
    if choice is None:
        return None, None
    alone = choice.flag("disable_parallel_tool_use")
    parallel = None if alone is None else not alone
    match choice.text("type"):
        case "auto":
            return ToolChoice("auto"), parallel
        case "any":
            return ToolChoice("required"), parallel
        case "none":
            return ToolChoice("none"), parallel
        case "tool":
            return ToolChoice("named", (choice.required_text("name"),)), parallel
        case other:
            place = choice.at("type")
            raise BadRequest(f"`{place}` cannot be {other!r}.", code="invalid_value", param=place)
