"""What a vendor signed and the caller's format has no place for, kept until the call that it belongs to comes back.

Anthropic's and Gemini's models want their thinking back, unchanged, with the result of the tool call that it led to. A caller of
OpenAI's chat format shows that call again, by its id, and nothing else.
"""

from collections import OrderedDict
from collections.abc import Sequence

import msgspec

from providers.canonical import Message, Opaque, Part, Request, Thinking, ToolCall

MOST = 20_000
"""Calls. A signature is some hundred bytes, and thinking some thousand."""

Key = tuple[str, str]


class _Kept(msgspec.Struct, frozen=True):
    """`before`: the thinking that the answer began with, if this is its first call; `signature`: the call's own."""

    before: tuple[Thinking, ...]
    signature: Opaque | None


class Carried:
    """Bounded, in this process's memory, the least recently used forgotten first. Keyed by who calls, too: vendors number their
    calls from zero. What is forgotten costs a model its thoughts, or a request its thinking; it is no error."""

    def __init__(self, most: int = MOST) -> None:
        self._most = most
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()

    def keep(self, caller: str, parts: Sequence[Part]) -> None:
        """The parts of one whole answer."""
        before: list[Thinking] = []
        for part in parts:
            if isinstance(part, Thinking) and (part.signature is not None or part.encrypted is not None):
                before.append(part)
            elif isinstance(part, ToolCall) and (before or part.signature is not None):
                self._put((caller, part.id), _Kept(tuple(before), part.signature))
                before = []

    def restore(self, caller: str, request: Request) -> Request:
        """The request with what was kept for its calls in its place."""
        if not self._kept:
            return request
        messages = tuple(self._restored(caller, message) for message in request.messages)
        return msgspec.structs.replace(request, messages=messages)

    def _restored(self, caller: str, message: Message) -> Message:
        calls = [part for part in message.parts if isinstance(part, ToolCall) and part.signature is None]
        found = {id(call): kept for call in calls if (kept := self._get((caller, call.id))) is not None}
        if not found:
            return message
        # What a caller shows of such thoughts is their text; with it, and them, the model would read them twice.
        signed = any(kept.before for kept in found.values())
        parts: list[Part] = []
        for part in message.parts:
            kept = found.get(id(part))
            if kept is not None and isinstance(part, ToolCall):
                parts += kept.before
                parts.append(msgspec.structs.replace(part, signature=kept.signature))
            elif not (signed and isinstance(part, Thinking)):
                parts.append(part)
        return msgspec.structs.replace(message, parts=_thinking_first(parts))

    def _get(self, key: Key) -> _Kept | None:
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
        return kept

    def _put(self, key: Key, kept: _Kept) -> None:
        self._kept[key] = kept
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)


def _thinking_first(parts: Sequence[Part]) -> tuple[Part, ...]:
    """A format that keeps calls apart from text has lost their order; thoughts came before both."""
    first = next((index for index, part in enumerate(parts) if isinstance(part, Thinking)), 0)
    end = first
    while end < len(parts) and isinstance(parts[end], Thinking):
        end += 1
    return (*parts[first:end], *parts[:first], *parts[end:])
