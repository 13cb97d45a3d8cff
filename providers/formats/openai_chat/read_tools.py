"""The tools of a chat completion's request, and the choice among them."""

import msgspec

from pipeline.errors import BadRequest
from providers.canonical import CustomTool, FunctionTool, Native, ServerTool, Tool, ToolChoice
from providers.formats.fields import Fields, kind
from providers.formats.openai_chat.name import NAME


def read_tools(fields: Fields) -> tuple[Tool, ...]:
    found = [_tool(tool) for tool in fields.objects("tools")]
    found += [_function(function) for function in fields.objects("functions")]
    if (search := fields.object("web_search_options")) is not None:
        found.append(_web_search(search))
    return tuple(found)


def _tool(tool: Fields) -> Tool:
    given = tool.all()
    match tool.text("type"):
        case "function" | None if (function := tool.object("function")) is not None:
            return _function(function)
        case "custom" if (custom := tool.object("custom")) is not None:
            form = custom.object("format")
            grammar = form.object("grammar") if form is not None else None
            return CustomTool(
                custom.required_text("name"),
                description=custom.text("description"),
                syntax=grammar.text("syntax") if grammar is not None else None,
                definition=grammar.text("definition") if grammar is not None else None,
            )
        case str() as other:
            return ServerTool(other, Native(NAME, other, given), name=tool.text("name"))
        case _:
            place = tool.at("type")
            raise BadRequest(f"`{place}` is missing.", code="missing_required_parameter", param=place)


def _function(function: Fields) -> FunctionTool:
    return FunctionTool(
        function.required_text("name"),
        description=function.text("description"),
        parameters=function.raw("parameters"),
        strict=function.flag("strict"),
    )


def _web_search(search: Fields) -> ServerTool:
    given = search.all()
    location = search.object("user_location")
    place = location.object("approximate") if location is not None else None
    return ServerTool(
        "web_search",
        Native(NAME, "web_search_options", given),
        name="web_search",
        context_size=search.text("search_context_size"),
        location=place.all() if place is not None else None,
    )


def read_tool_choice(fields: Fields) -> ToolChoice | None:
    raw = fields.raw("tool_choice")
    if raw is None:
        raw, legacy = fields.raw("function_call"), True
    else:
        legacy = False
    if raw is None:
        return None
    if kind(raw) == b'"':
        return _word(msgspec.json.decode(raw, type=str))
    choice = Fields.of(raw, "function_call" if legacy else "tool_choice")
    if legacy:
        return ToolChoice("named", (choice.required_text("name"),))
    match choice.text("type"):
        case "function" if (function := choice.object("function")) is not None:
            return ToolChoice("named", (function.required_text("name"),))
        case "custom" if (custom := choice.object("custom")) is not None:
            return ToolChoice("named", (custom.required_text("name"),), custom=True)
        case "allowed_tools" if (allowed := choice.object("allowed_tools")) is not None:
            return _allowed(allowed)
        case other:
            raise _unknown(other)


def _word(word: str) -> ToolChoice:
    match word:
        case "auto" | "required" | "none":
            return ToolChoice(word)
        case "any":
            return ToolChoice("required")
        case _:
            raise _unknown(word)


def _allowed(allowed: Fields) -> ToolChoice:
    tools = allowed.objects("tools")
    names = tuple((tool.object("function") or tool.object("custom") or tool).required_text("name") for tool in tools)
    return ToolChoice("required" if allowed.text("mode") == "required" else "auto", names)


def _unknown(word: str | None) -> BadRequest:
    return BadRequest(f"`tool_choice` cannot be {word!r}.", code="invalid_value", param="tool_choice")
