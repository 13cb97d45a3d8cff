"""Paths into JSON: `messages.-1.content`, `tools.*.function.name`. As New-API writes them, a small part of gjson's syntax."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pipeline.refusal import refusal

MISSING: Final = object()
"""Stands for a value that is not there: JSON's null is a value."""

Place = tuple[Any, Any]
"""A dict or list, and a key or index that it has."""

_SEPARATOR = re.compile(r"(?<!\\)\.")
_INDEX = re.compile(r"-?\d{1,9}")


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a path. `index` is set where it can be a list's; `every` stands for all members or elements."""

    name: str
    index: int | None = None
    every: bool = False

    def keys(self, container: Any) -> list[Any]:
        """The keys or indices of `container` that this step means and that are there."""
        if isinstance(container, dict):
            return list(container) if self.every else [self.name] if self.name in container else []
        if not isinstance(container, list):
            return []
        if self.every:
            return list(range(len(container)))
        size = len(container)
        return [self.index % size] if self.index is not None and -size <= self.index < size else []


class Path:
    """Names and indices, joined by dots. An index counts from 0, or from the end if it is negative; `*` (or gjson's `#`) is every
    element; `\\.` is a dot in a name."""

    __slots__ = ("steps", "text", "top")

    def __init__(self, text: str) -> None:
        """Raises a refusal for a path with an empty part, and for one that begins with a wildcard."""
        parts = [part.replace("\\.", ".") for part in _SEPARATOR.split(text)]
        if "" in parts:
            raise refusal("expected a path such as temperature or messages.0.content")
        self.steps = tuple(_step(part) for part in parts)
        if self.steps[0].every:
            raise refusal("a path begins with a name, such as messages.*.content")
        self.text = text
        self.top = parts[0]

    def places(self, root: Any) -> list[Place]:
        """Where the path leads, as far as it exists, in the document's order."""
        return list(_places(root, self.steps))

    def value(self, root: Any) -> Any:
        """The first value found, or `MISSING`."""
        for container, key in _places(root, self.steps):
            return container[key]
        return MISSING

    @property
    def single(self) -> bool:
        """Whether it leads to one place at most."""
        return not any(step.every for step in self.steps)

    def put(self, root: Any, value: Any, *, keep: bool = False) -> bool:
        """Set the value, and make the objects on the way that are missing; one index past a list's end appends. With `keep` what
        is there stays. Returns whether anything was set: where a text or a number is in the way, nothing is."""
        return _put(root, self.steps, value, keep)


def _step(part: str) -> Step:
    return Step(part, int(part) if _INDEX.fullmatch(part) else None, part in ("*", "#"))


def _places(container: Any, steps: tuple[Step, ...]) -> Iterator[Place]:
    step, *rest = steps
    for key in step.keys(container):
        if rest:
            yield from _places(container[key], tuple(rest))
        else:
            yield container, key


def _put(container: Any, steps: tuple[Step, ...], value: Any, keep: bool) -> bool:
    step, rest = steps[0], steps[1:]
    keys = step.keys(container)
    if keys and keep and not rest:
        return False
    if not keys and not any(each.every for each in steps):
        keys = _made(container, step, rest)
    if rest:
        done = [_put(container[key], rest, value, keep) for key in keys]
        return any(done)
    for key in keys:
        container[key] = value
    return bool(keys)


def _made(container: Any, step: Step, rest: tuple[Step, ...]) -> list[Any]:
    """A new place in `container`, holding what the next step needs."""
    new: Any = None
    if rest:
        new = [] if rest[0].index == 0 else {}
    if isinstance(container, dict):
        container[step.name] = new
        return [step.name]
    if isinstance(container, list) and step.index == len(container):
        container.append(new)
        return [step.index]
    return []
