"""Items of what happened at the vendor, each told when it is over."""

from collections.abc import Sequence

import msgspec

from providers.canonical import Image, Inline, Part, ServerToolCall, ServerToolResult, Text
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.thinking import own_members
from providers.formats.openai_responses.written_items import Item, Members, Told


class Whole(Item):
    """What happens at its vendor: told when it is over, in the events that this format has for it."""

    def __init__(self, index: int, item_id: str, item: Members, steps: Sequence[str]) -> None:
        super().__init__(index, item_id)
        self.kind = str(item["type"])
        self._item = {**item, "id": item_id}
        self._steps = steps

    def tell(self) -> Told:
        steps = [(f"response.{self.kind}.{step}", self.place) for step in self._steps]
        begun = self._begun({**self._item, "status": "in_progress"} if "status" in self._item else self._item)
        return [begun, *steps, self._ended(**self._item)]


_SEARCH = ("in_progress", "searching", "completed")
_PROGRAM = ("in_progress", "interpreting", "completed")
_PICTURE = ("in_progress", "generating", "completed")


def whole_item(part: Part, result: ServerToolResult | None = None) -> tuple[str, Members, Sequence[str]] | None:
    """The prefix of its id, the item, and the steps that it takes; None for what this format has no item for. `result` is what
    came of the call."""
    match part:
        case ServerToolCall(native=native) if native.owner == NAME:
            return "", msgspec.json.decode(native.value), ()
        case ServerToolCall(tool="web_search", arguments=arguments):
            action = {"type": "search", "query": _member(arguments, "query")}
            return "ws_", {"type": "web_search_call", "status": "completed", "action": action}, _SEARCH
        case ServerToolCall(tool="code_execution", arguments=arguments):
            printed = [each.text for each in result.parts if isinstance(each, Text)] if result is not None else []
            outputs = [{"type": "logs", "logs": text} for text in printed]
            code = _member(arguments, "code") or _member(arguments, "command")
            item = {"type": "code_interpreter_call", "status": "completed", "code": code}
            return "ci_", {**item, "container_id": "", "outputs": outputs}, _PROGRAM
        case Image(source=Inline(data=data)):
            item = {"type": "image_generation_call", "status": "completed", "result": data}
            return "ig_", {**item, **own_members(part)}, _PICTURE
        case _:
            return None


def _member(arguments: str, name: str) -> str:
    try:
        value = msgspec.json.decode(arguments)
    except msgspec.DecodeError:
        return ""
    return str(value.get(name) or "") if isinstance(value, dict) else ""
