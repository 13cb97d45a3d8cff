"""The tools of a request, and the choice among them."""

from collections.abc import Iterable

import msgspec

from pipeline.errors import BadRequest
from providers.canonical import CustomTool, Extras, FunctionTool, Native, ServerTool, Tool, ToolChoice
from providers.formats.fields import Fields, json_text, kind
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.namespaces import joined
from providers.formats.openai_responses.server_tools import TOOLS


def read_tools(fields: Fields) -> tuple[Tool, ...]:
    return tuple(tool for given in fields.objects("tools") for tool in _tools(given))


def _tools(tool: Fields) -> Iterable[Tool]:
    whole = tool.all()
    match tool.text("type"):
        case "function":
            yield _function(tool, None)
        case "custom":
            yield _custom(tool)
        case "namespace":
            yield from _namespace(tool)
        case str() as word:
            yield _server(tool, Native(NAME, word, whole))
        case _:
            place = tool.at("type")
            raise BadRequest(f"`{place}` is missing.", code="missing_required_parameter", param=place)


def _function(tool: Fields, namespace: str | None) -> FunctionTool:
    tool.raw("type")
    return FunctionTool(
        joined(namespace, tool.required_text("name")),
        description=tool.text("description"),
        parameters=tool.raw("parameters"),
        strict=tool.flag("strict"),
        extras=tool.rest(NAME),
    )


def _custom(tool: Fields) -> CustomTool:
    grammar = tool.object("format")
    return CustomTool(
        tool.required_text("name"),
        description=tool.text("description"),
        syntax=grammar.text("syntax") if grammar is not None else None,
        definition=grammar.text("definition") if grammar is not None else None,
        extras=tool.rest(NAME),
    )


def _namespace(fields: Fields) -> Iterable[FunctionTool]:
    """Its functions one by one, each of which knows where it belongs."""
    name = fields.required_text("name")
    about = {"namespace": name, "namespace_description": fields.text("description")}
    members = {key: msgspec.Raw(msgspec.json.encode(value)) for key, value in about.items() if value is not None}
    for given in fields.objects("tools"):
        tool = _function(given, name)
        own = tool.extras.members if tool.extras is not None else {}
        yield msgspec.structs.replace(tool, extras=Extras(NAME, {**own, **members}))


def _server(tool: Fields, native: Native) -> ServerTool:
    filters = tool.object("filters") or Fields({})
    location = tool.object("user_location")
    if location is not None:
        location.raw("type")
    searches = TOOLS.get(native.kind) == "web_search"
    return ServerTool(
        TOOLS.get(native.kind, native.kind),
        native,
        name=native.kind,
        allowed_domains=filters.texts("allowed_domains") if searches else (),
        blocked_domains=filters.texts("blocked_domains") if searches else (),
        location=location.all() if location is not None else None,
        context_size=tool.text("search_context_size"),
    )


def read_tool_choice(fields: Fields) -> ToolChoice | None:
    raw = fields.raw("tool_choice")
    if raw is None:
        return None
    if kind(raw) == b'"':
        match mode := msgspec.json.decode(raw, type=str):
            case "auto" | "required" | "none":
                return ToolChoice(mode)
        raise _unknown(mode)
    choice = Fields.of(raw, "tool_choice")
    called = choice.text("type")
    match called:
        case "function" | "custom":
            name = joined(choice.text("namespace"), choice.required_text("name"))
            return ToolChoice("named", (name,), custom=called == "custom")
        case "allowed_tools":
            given = [tool.text("name") for tool in choice.objects("tools")]
            names = tuple(name for name in given if name is not None)
            return ToolChoice("required" if choice.text("mode") == "required" else "auto", names)
        case str():
            return ToolChoice("named", tool=TOOLS.get(called, called))
    raise _unknown(json_text(raw))


def _unknown(word: str) -> BadRequest:
    return BadRequest(f"`tool_choice` cannot be {word!r}.", code="invalid_value", param="tool_choice")
