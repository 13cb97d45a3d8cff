"""One attempt's body while operations edit it."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from pipeline.json_object import JsonObject
from pipeline.overrides.paths import MISSING, Path


class Draft:
    """Members are decoded when an operation first touches them, and only those that changed are written back: all else stays the
    bytes that it was."""

    __slots__ = ("_body", "_changed", "_members", "_seen")

    def __init__(self, body: JsonObject) -> None:
        self._body = body
        self._members: dict[str, Any] = {}
        self._seen: set[str] = set()
        self._changed: set[str] = set()

    def value(self, path: Path) -> Any:
        """The first value at `path`, or `MISSING`. Not to be changed: `change` is for that."""
        return path.value(self._opened(path.top))

    def put(self, path: Path, value: Any, *, keep: bool = False) -> None:
        """See `Path.put`."""
        if path.put(self._opened(path.top), _own(value), keep=keep):
            self._changed.add(path.top)

    def remove(self, path: Path) -> None:
        # From the end: an index must not move before its turn.
        for container, key in reversed(path.places(self._opened(path.top))):
            del container[key]
            self._changed.add(path.top)

    def change(self, path: Path, edit: Callable[[Any], Any]) -> None:
        """Replace each value at `path` by what `edit` makes of it; `MISSING` removes it. `edit` returns its argument where there
        is nothing to do, and changes no value in place."""
        for container, key in reversed(path.places(self._opened(path.top))):
            before = container[key]
            after = edit(before)
            if after is before or (isinstance(after, str) and after == before):
                continue
            self._changed.add(path.top)
            if after is MISSING:
                del container[key]
            else:
                container[key] = _own(after)

    def change_all(self, edit: Callable[[Any], Any]) -> None:
        """The same for each member of the body."""
        for name in list(self._body):
            members = self._opened(name)
            if name in members and (after := edit(members[name])) is not members[name]:
                self._changed.add(name)
                members.pop(name)
                if after is not MISSING:
                    members[name] = after

    def write_back(self) -> frozenset[str]:
        """The names of the members that changed."""
        for name in self._changed:
            if name in self._members:
                self._body.set(name, self._members[name])
            else:
                self._body.delete(name)
        return frozenset(self._changed)

    def _opened(self, name: str) -> dict[str, Any]:
        if name not in self._seen:
            self._seen.add(name)
            if name in self._body:
                self._members[name] = self._body.get(name)
        return self._members


def _own(value: Any) -> Any:
    """A later operation may change the value in place: one that comes from the configuration is shared by all requests."""
    return deepcopy(value) if isinstance(value, dict | list) else value
