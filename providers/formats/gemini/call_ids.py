"""Ids of calls: newer models give them, older ones refuse them. Everybody else needs them."""

import hashlib

from providers.canonical import ToolCall

_MADE = "gcall_"


def made(seed: str, number: int) -> str:
    """For call `number` of what `seed` names: the same again for the same answer, however it arrives."""
    return _MADE + hashlib.sha256(f"{seed}/{number}".encode()).hexdigest()[:24]


def is_made(call_id: str) -> bool:
    """Such an id has never been the vendor's, and would be refused by it."""
    return call_id.startswith(_MADE)


class Pending:
    """The calls of a conversation that have no result yet."""

    def __init__(self) -> None:
        self._calls: list[ToolCall] = []
        self._count = 0

    def next_id(self) -> str:
        """By its place in the conversation, which stays the same at every turn."""
        self._count += 1
        return made("history", self._count)

    def called(self, call: ToolCall) -> None:
        self._calls.append(call)

    def answered(self, call_id: str | None, name: str | None) -> str:
        """The id of the call that a result is for: the one whose id it gives, else the first of that name."""
        found = next((call for call in self._calls if call.id == call_id), None)
        if found is None and (call_id is None or name is not None):
            found = next((call for call in self._calls if _may_be(call, call_id, name)), None)
        if found is None:
            return call_id or self.next_id()
        self._calls.remove(found)
        return found.id


def _may_be(call: ToolCall, call_id: str | None, name: str | None) -> bool:
    return (name is None or call.name == name) and (call_id is None or is_made(call.id))
