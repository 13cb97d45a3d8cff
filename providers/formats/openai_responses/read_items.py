"""Items, of a request's `input` and of an answer's `output`, to messages.

What the model made in one go (reasoning, words, calls) is one message of the assistant's, as it is in the other formats. Each
item's own members (`id`, `status`, `phase`) are the extras of its first part.
"""

from collections.abc import Iterable

import msgspec

from pipeline.errors import BadRequest
from providers.canonical import (
    Extras,
    Image,
    Message,
    Native,
    Part,
    ServerToolCall,
    ServerToolResult,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from providers.formats.fields import Fields, json_text, kind
from providers.formats.media import inline
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.namespaces import joined
from providers.formats.openai_responses.read_content import read_content
from providers.formats.openai_responses.server_tools import CALLS
from providers.formats.openai_responses.thinking import read_thinking

_OUTPUTS = {"function_call_output": False, "custom_tool_call_output": True}
"""Of the caller's tools; True: of one that takes free text."""

_INPUTS = ("_output", "mcp_approval_response", "compaction_trigger", "additional_tools")
"""How the types of those other items end that are the caller's and not the model's."""


def read_items(raw: msgspec.Raw, place: str) -> tuple[Message, ...]:
    """A string is one message of the user's."""
    if kind(raw) == b'"':
        return (Message(role="user", parts=(Text(msgspec.json.decode(raw, type=str)),), place=place),)
    try:
        items = msgspec.json.decode(raw, type=list[msgspec.Raw])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadRequest(f"`{place}` must be a string or a list of items.", code="invalid_value", param=place) from problem
    turns = _Turns()
    for index, item in enumerate(items):
        _read(turns, item, f"{place}[{index}]")
    return turns.messages()


class _Turns:
    """The messages so far, and the assistant's that is not over."""

    def __init__(self) -> None:
        self._found: list[Message] = []
        self._thoughts: list[Part] = []
        self._parts: list[Part] = []
        self._place = ""

    def message(self, message: Message) -> None:
        self._close()
        self._found.append(message)

    def think(self, thinking: Thinking, place: str) -> None:
        """Of what follows: a message of its own begins with it if this one has said what it had to say."""
        if self._parts and not any(isinstance(part, ToolCall) for part in self._parts):
            self._close()
        self._place = self._place or place
        self._thoughts.append(thinking)

    def say(self, parts: Iterable[Part], place: str, *, words: bool = False) -> None:
        """`words`: a message item. Two of them are two messages, unless a call of the first still waits for its result."""
        if words and {type(part) for part in self._parts} & {Text, ToolCall} == {Text}:
            self._close()
        self._place = self._place or place
        self._parts += (*self._thoughts, *parts)
        self._thoughts = []

    def messages(self) -> tuple[Message, ...]:
        self._close()
        return tuple(self._found)

    def _close(self) -> None:
        parts = (*self._parts, *self._thoughts)
        if parts:
            self._found.append(Message(role="assistant", parts=parts, place=self._place))
        self._parts, self._thoughts, self._place = [], [], ""


def _read(turns: _Turns, raw: msgspec.Raw, place: str) -> None:
    item = Fields.of(raw, place)
    name = item.text("type") or "message"
    match name:
        case "message":
            _message(turns, item)
        case "reasoning":
            turns.think(read_thinking(item), place)
        case "function_call":
            called = joined(item.text("namespace"), item.required_text("name"))
            call = ToolCall(item.required_text("call_id"), called, item.text("arguments") or "", extras=item.rest(NAME))
            turns.say((call,), place)
        case "custom_tool_call":
            called = joined(item.text("namespace"), item.required_text("name"))
            call_id, text = item.required_text("call_id"), item.text("input") or ""
            turns.say((ToolCall(call_id, called, text, custom=True, extras=item.rest(NAME)),), place)
        case "function_call_output" | "custom_tool_call_output":
            content = read_content(item, "output")
            result = ToolResult(item.required_text("call_id"), content, custom=_OUTPUTS[name], extras=item.rest(NAME))
            turns.message(Message(role="user", parts=(result,), place=place))
        case "image_generation_call" if (data := item.text("result")) is not None:
            turns.say((Image(inline("image/png", data), extras=item.rest(NAME)),), place)
        case "item_reference":
            raise BadRequest(
                f"`{place}` names an item that the gateway does not keep: send the item itself.",
                code="unsupported_content",
                param=place,
            )
        case _:
            _native(turns, item, Native(NAME, name, raw), place)


def _message(turns: _Turns, item: Fields) -> None:
    role = item.text("role")
    parts = read_content(item, "content")
    match role:
        case "assistant":
            turns.say(_with_members(parts, item.rest(NAME)), item.place, words=True)
        case "user" | "system" | "developer":
            turns.message(Message(role=role, parts=parts, place=item.place, extras=item.rest(NAME)))
        case _:
            place = item.at("role")
            raise BadRequest(f"`{place}` cannot be {role!r}.", code="invalid_value", param=place)


def _with_members(parts: tuple[Part, ...], members: Extras | None) -> tuple[Part, ...]:
    if members is None or not parts:
        return parts
    first = parts[0]
    own = first.extras.members if first.extras is not None else {}
    return (msgspec.structs.replace(first, extras=Extras(NAME, {**members.members, **own})), *parts[1:])


def _native(turns: _Turns, item: Fields, native: Native, place: str) -> None:
    """Calls that OpenAI ran are understood as far as other formats have the like; everything else is only its owner's."""
    tool = CALLS.get(native.kind)
    if tool is None:
        if native.kind.endswith(_INPUTS):
            turns.message(Message(role="user", parts=(native,), place=place))
        else:
            turns.say((native,), place)
        return
    call_id = item.text("id") or ""
    asked = item.raw("action") or item.raw("arguments") or item.raw("code")
    turns.say((ServerToolCall(call_id, tool, json_text(asked) if asked is not None else "{}", native),), place)
    if tool == "code_execution":
        printed = [Text(logs) for output in item.objects("outputs") if (logs := output.text("logs")) is not None]
        turns.say((ServerToolResult(call_id, tool, tuple(printed), native),), place)
