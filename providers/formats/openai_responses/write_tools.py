"""The tools of a request, and the choice among them; an answer repeats them in the same words."""

from collections.abc import Sequence
from typing import Any

import msgspec

from providers.canonical import CustomTool, FunctionTool, ServerTool, Tool, ToolChoice
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.namespaces import namespace_of, split_names
from providers.formats.openai_responses.server_tools import WORDS
from providers.formats.openai_responses.thinking import own_members
from providers.formats.tool_names import ToolNames
from providers.formats.unsupported import unsupported_tool

Members = dict[str, Any]

_NO_ARGUMENTS = msgspec.Raw(b'{"type":"object","properties":{}}')

_IN_NAMESPACE = ("namespace", "namespace_description")


class ToolWriter:
    """`names` are those that go up; None for tools that came in this format. `dropped`: what of a search cannot be said here."""

    def __init__(self, names: ToolNames | None = None) -> None:
        self._names = names
        self.dropped: list[str] = []

    def tools(self, tools: Sequence[Tool]) -> list[Members]:
        """Raises `BadRequest` for a tool that only another vendor runs."""
        found: list[Members] = []
        split = split_names(tools)
        for index, tool in enumerate(tools):
            match tool:
                case FunctionTool(name=name) if name in split and self._names is None:
                    namespace = _namespace(found, tool)
                    namespace["tools"].append({**self._function(tool), "name": split[name][1]})
                case FunctionTool():
                    found.append(self._function(tool))
                case CustomTool():
                    found.append(self._custom(tool))
                case ServerTool():
                    found.append(self._server(tool, index))
        return found

    def choice(self, choice: ToolChoice, tools: Sequence[Tool]) -> Any:
        custom = {tool.name for tool in tools if isinstance(tool, CustomTool)}
        named = [{"type": "custom" if name in custom else "function", "name": self._sent(name)} for name in choice.names]
        if choice.tool is not None:
            return self._forced(choice.tool, tools)
        if choice.mode == "named":
            return named[0] if named else "required"
        return {"type": "allowed_tools", "mode": choice.mode, "tools": named} if named else choice.mode

    def _sent(self, name: str) -> str:
        return name if self._names is None else self._names.sent(name)

    def _function(self, tool: FunctionTool) -> Members:
        """Where nobody said `strict` the others take that as no, and OpenAI as yes: what came from them must say it."""
        own = {name: value for name, value in own_members(tool).items() if name not in _IN_NAMESPACE}
        said = tool.strict if tool.strict is not None or self._names is None else False
        found: Members = {"type": "function", "name": self._sent(tool.name), "description": tool.description}
        found |= {"parameters": tool.parameters or _NO_ARGUMENTS, "strict": said}
        return {name: value for name, value in found.items() if value is not None} | own

    def _custom(self, tool: CustomTool) -> Members:
        found: Members = {"type": "custom", "name": self._sent(tool.name)}
        if tool.description is not None:
            found["description"] = tool.description
        if tool.definition is not None:
            found["format"] = {"type": "grammar", "syntax": tool.syntax or "lark", "definition": tool.definition}
        return {**found, **own_members(tool)}

    def _server(self, tool: ServerTool, index: int) -> Members:
        if tool.native.owner == NAME:
            return msgspec.json.decode(tool.native.value, type=dict[str, msgspec.Raw])
        if (word := WORDS.get(tool.tool)) is None:
            raise unsupported_tool(tool, index)
        found: Members = {"type": word}
        if word == "code_interpreter":
            found["container"] = {"type": "auto"}
        if word == "web_search":
            found |= self._search(tool)
        return found

    def _search(self, tool: ServerTool) -> Members:
        found: Members = {}
        if tool.allowed_domains:
            found["filters"] = {"allowed_domains": tool.allowed_domains}
        if tool.context_size is not None:
            found["search_context_size"] = tool.context_size
        if tool.location is not None:
            place = msgspec.json.decode(tool.location, type=dict[str, msgspec.Raw])
            found["user_location"] = {**place, "type": "approximate"}
        self.dropped += [name for name in ("blocked_domains", "max_uses") if getattr(tool, name)]
        return found

    @staticmethod
    def _forced(tool: str, tools: Sequence[Tool]) -> Any:
        """A server tool is forced by the type that it was declared with."""
        for each in tools:
            if isinstance(each, ServerTool) and each.tool == tool:
                return {"type": each.native.kind if each.native.owner == NAME else WORDS.get(tool, tool)}
        return "required"


def _namespace(found: list[Members], tool: FunctionTool) -> Members:
    """The one that was begun last, if the tool is in it; else a new one."""
    name, own = namespace_of(tool), own_members(tool)
    last = found[-1] if found else {}
    if last.get("type") != "namespace" or last["name"] != name:
        last = {"type": "namespace", "name": name, "tools": []}
        if (description := own.get("namespace_description")) is not None:
            last["description"] = description
        found.append(last)
    return last
