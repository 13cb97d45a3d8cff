"""PyYAML's node tree to plain values, with the place of each one and with every mistake inside it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from app.config.problems import Where
from app.config.scalars import Scalar, resolve
from app.config.syntax import PLAIN
from app.config.variables import Filled, fill

Position = tuple[int, int]
_STANDARD = "tag:yaml.org,2002:"
_TYPES: dict[str, type | tuple[type, ...]] = {
    "null": type(None),
    "bool": bool,
    "int": int,
    "float": (int, float),
}
MAX_ALIASED = 100_000
"""Values that aliases may stand for, so that nine lines of `[*a, *a, …]` do not become a billion."""


class TooManyAliases(Exception):
    def __init__(self, position: Position) -> None:
        super().__init__(position)
        self.position = position


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value and its key stand (line and column, from 1), and the variables that were read into it."""

    key: Position
    value: Position
    variables: tuple[str, ...] = ()


class Nodes:
    """One file's reading. A value that cannot be read becomes None, and a mistake."""

    def __init__(self, text: str, environ: Mapping[str, str]) -> None:
        self.places: dict[Where, Place] = {}
        self.mistakes: list[tuple[Where, Position, str]] = []
        self.secrets: dict[str, str] = {}
        self._text = text
        self._environ = environ
        self._open: set[int] = set()
        self._seen: set[int] = set()
        self._aliased = 0

    def read(self, node: yaml.Node, where: Where = (), key: Position | None = None) -> Any:
        position = _start(node)
        self.places[where] = Place(key or position, position)
        self._count(node)
        if id(node) in self._open:
            self._mistake(where, position, "this alias contains itself")
            return None
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode):
                return self._mapping(node, where)
            if isinstance(node, yaml.SequenceNode):
                return self._sequence(node, where)
            return self._scalar(node, where) if isinstance(node, yaml.ScalarNode) else None
        finally:
            self._open.discard(id(node))

    def _mapping(self, node: yaml.MappingNode, where: Where) -> dict[str, Any] | None:
        if not self._tagged(node, where, "map"):
            return None
        merged: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        own: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._mistake((*where, "?"), _start(key), "a key must be one word or a quoted text")
            elif key.tag == PLAIN and key.value == "<<":
                for pair in self._merged(value, where):
                    merged.setdefault(pair[0].value, pair)
            elif key.value in own:
                first = _start(own[key.value][0])[0]
                self._mistake((*where, key.value), _start(key), f"this key is already on line {first}")
            else:
                own[key.value] = (key, value)
        pairs = {**merged, **own}
        return {name: self.read(value, (*where, name), _start(key)) for name, (key, value) in pairs.items()}

    def _merged(self, node: yaml.Node, where: Where) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """The pairs that `<<: *other` or `<<: [*one, *two]` adds; the first one to name a key wins."""
        sources = node.value if isinstance(node, yaml.SequenceNode) else [node]
        for source in sources:
            self._count(source)
            if not isinstance(source, yaml.MappingNode) or id(source) in self._open:
                self._mistake((*where, "<<"), _start(node), "`<<` takes another mapping, or a list of them")
                continue
            self._open.add(id(source))
            for key, value in source.value:
                if isinstance(key, yaml.ScalarNode) and key.tag == PLAIN and key.value == "<<":
                    yield from self._merged(value, where)
                elif isinstance(key, yaml.ScalarNode):
                    yield key, value
            self._open.discard(id(source))

    def _sequence(self, node: yaml.SequenceNode, where: Where) -> list[Any] | None:
        if not self._tagged(node, where, "seq"):
            return None
        return [self.read(item, (*where, index)) for index, item in enumerate(node.value)]

    def _scalar(self, node: yaml.ScalarNode, where: Where) -> Scalar:
        filled = fill(node.value, self._environ)
        self.secrets |= filled.read
        if filled.read:
            place = self.places[where]
            self.places[where] = Place(place.key, place.value, tuple(filled.read))
        if filled.faults:
            self._faults(node, where, filled)
            return None
        if node.tag == PLAIN:
            return resolve(filled.text)
        kind = node.tag.removeprefix(_STANDARD)
        if kind in _TYPES and node.tag != kind:
            value = resolve(filled.text)
            if isinstance(value, _TYPES[kind]):
                return value
            self._mistake(where, _start(node), f"this is no `!!{kind}`")
            return None
        return filled.text if self._tagged(node, where, "str") else None

    def _faults(self, node: yaml.ScalarNode, where: Where, filled: Filled) -> None:
        """Found again in the file's own text: escapes and folding move things inside a scalar's value."""
        start = node.start_mark.index
        written = self._text[start : node.end_mark.index]
        cursor = 0
        for fault in filled.faults:
            offset = written.find(fault.start, cursor)
            line, column = _start(node)
            if offset >= 0:
                cursor = offset + len(fault.start)
                line += written.count("\n", 0, offset)
                column = start + offset - self._text.rfind("\n", 0, start + offset)
            self._mistake(where, (line, column), fault.message)

    def _tagged(self, node: yaml.Node, where: Where, kind: str) -> bool:
        if node.tag == _STANDARD + kind:
            return True
        if node.tag.startswith(_STANDARD):
            message = f"the tag `!!{node.tag.removeprefix(_STANDARD)}` is not supported: write the plain value"
        else:
            # Not named: an unquoted password may begin with an exclamation mark.
            message = "what begins with ! is a tag in YAML: put the value in quotes"
        self._mistake(where, _start(node), message)
        return False

    def _count(self, node: yaml.Node) -> None:
        if id(node) in self._seen:
            self._aliased += 1
            if self._aliased > MAX_ALIASED:
                raise TooManyAliases(_start(node))
        self._seen.add(id(node))

    def _mistake(self, where: Where, position: Position, message: str) -> None:
        self.mistakes.append((where, position, message))


def _start(node: yaml.Node) -> Position:
    return node.start_mark.line + 1, node.start_mark.column + 1
