"""The `input` of a request: messages as items."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from providers.canonical import (
    Image,
    Inline,
    Message,
    Native,
    Part,
    Refusal,
    ServerToolCall,
    ServerToolResult,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from providers.formats.openai_responses.annotations import write_annotation
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.thinking import own_members, write_thinking
from providers.formats.openai_responses.write_content import Members, write_content
from providers.formats.tool_names import ToolNames, fitting
from providers.formats.unsupported import unsupported_part

CALL_ID_LIMIT = 64

ERROR = "Error: "
"""How a tool's failure is told, where there is no field for it."""

ITEM_MEMBERS = ("id", "status", "phase")
"""An item's own, kept with its first part."""


def write_instructions(messages: Sequence[Message]) -> tuple[str | None, Sequence[Message]]:
    """What stands in `instructions`, and the rest of the conversation. Other formats have no such member: of theirs it is what
    the conversation begins with in the role of the system."""
    said: list[str] = []
    for count, message in enumerate(messages):
        if message.role != "system" or message.place.startswith("input"):
            return "\n\n".join(said) or None, messages[count:]
        said += [part.text for part in message.parts if isinstance(part, Text) and part.text]
    return "\n\n".join(said) or None, ()


class ItemWriter:
    """`spaces` are the namespaces of tools that came in this format; `kept`: the vendor keeps the items. `dropped` names what of
    an answer's history only its own vendor could read."""

    def __init__(self, names: ToolNames, spaces: Mapping[str, tuple[str, str]], *, kept: bool) -> None:
        self._kept = kept
        self._names = names
        self._spaces = spaces
        self.dropped: list[str] = []

    def write(self, messages: Sequence[Message]) -> list[Members]:
        found: list[Members] = []
        for message in messages:
            found += self._assistant(message) if message.role == "assistant" else self._caller(message)
        return found

    def _caller(self, message: Message) -> list[Members]:
        """Results are items of their own, before the rest."""
        found: list[Members] = []
        others: list[Part] = []
        for part in message.parts:
            match part:
                case ToolResult():
                    found.append(_result(message, part))
                case Native(owner=owner, value=value) if owner == NAME:
                    found.append(msgspec.json.decode(value))
                case _:
                    others.append(part)
        if content := write_content(message, others):
            found.append({"type": "message", "role": message.role, "content": content, **own_members(message)})
        return found

    def _assistant(self, message: Message) -> list[Members]:
        found: list[Members] = []
        for part in message.parts:
            match part:
                case Text() | Refusal():
                    _say(found, part)
                case Thinking():
                    found += [item] if (item := write_thinking(part, kept=self._kept)) is not None else []
                case ToolCall():
                    found.append(self._call(part))
                case ServerToolCall(native=native) if native.owner == NAME:
                    found.append(msgspec.json.decode(native.value))
                case ServerToolResult(native=native) if native.owner == NAME:
                    continue
                case ServerToolCall(tool=tool) | ServerToolResult(tool=tool):
                    self.dropped += [tool] if tool not in self.dropped else []
                case Native(owner=owner, value=value) if owner == NAME:
                    found.append(msgspec.json.decode(value))
                case Image(source=Inline(data=data)) if own_members(part):
                    found.append({"type": "image_generation_call", "result": data, **own_members(part)})
                case _:
                    raise unsupported_part(message, part)
        return found

    def _call(self, call: ToolCall) -> Members:
        namespace, name = self._spaces.get(call.name, (None, self._names.sent(call.name)))
        item: Members = {"call_id": fitting(call.id, CALL_ID_LIMIT), "name": name}
        if namespace is not None:
            item["namespace"] = namespace
        if call.custom:
            item |= {"type": "custom_tool_call", "input": call.arguments}
        else:
            item |= {"type": "function_call", "arguments": call.arguments or "{}"}
        return {**item, **own_members(call)}


def _say(found: list[Members], part: Text | Refusal) -> None:
    """Into the message item that is open, unless this part begins another."""
    own = own_members(part)
    members = {name: own[name] for name in ITEM_MEMBERS if name in own}
    if isinstance(part, Refusal):
        content: dict[str, Any] = {"type": "refusal", "refusal": part.text}
    elif part.text:
        annotations = [each for citation in part.citations if (each := write_annotation(citation, len(part.text))) is not None]
        content = {"type": "output_text", "text": part.text, "annotations": annotations}
    else:
        return
    content |= {name: value for name, value in own.items() if name not in ITEM_MEMBERS}
    if found and found[-1]["type"] == "message" and not members:
        found[-1]["content"].append(content)
    else:
        found.append({"type": "message", "role": "assistant", "content": [content], **members})


def _result(message: Message, result: ToolResult) -> Members:
    content = write_content(message, _failed(result.parts) if result.error else result.parts)
    output: Any = content
    if not content or (len(content) == 1 and set(content[0]) == {"type", "text"}):
        output = content[0]["text"] if content else ""
    kind = "custom_tool_call_output" if result.custom else "function_call_output"
    return {"type": kind, "call_id": fitting(result.call_id, CALL_ID_LIMIT), "output": output, **own_members(result)}


def _failed(parts: Sequence[Part]) -> Sequence[Part]:
    first = parts[0] if parts else None
    if isinstance(first, Text):
        return (msgspec.structs.replace(first, text=ERROR + first.text), *parts[1:])
    return (Text(ERROR.strip()), *parts)
