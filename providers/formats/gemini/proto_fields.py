"""Reading proto3 JSON: every member's name in camelCase or snake_case, numbers also as strings.
https://protobuf.dev/programming-guides/json"""

import re
from typing import Any

import msgspec

from pipeline.errors import BadRequest
from providers.formats.fields import Fields

_WORD = re.compile(r"_([a-z0-9])")


def camel(name: str) -> str:
    return _WORD.sub(lambda found: found[1].upper(), name) if "_" in name else name


class ProtoFields(Fields):
    """`Fields` under their camelCase names, all the way down. JSON that is the caller's own (arguments, a schema, a result) is
    taken with `raw`, and keeps its names."""

    __slots__ = ()

    def __init__(self, members: dict[str, msgspec.Raw], place: str = "") -> None:
        super().__init__({camel(name): value for name, value in members.items()}, place)

    def integer(self, name: str) -> int | None:
        value = self._number(name, "a whole number")
        return None if value is None else int(value)

    def number(self, name: str) -> float | None:
        return self._number(name, "a number")

    def word(self, name: str) -> str | None:
        """Of an enum: clients write it in either case."""
        word = self.text(name)
        return None if word is None else word.upper()

    def give_back(self, name: str, value: Any) -> None:
        """One that was taken and turned out to be for nobody: it is part of the rest again."""
        self._members[name] = msgspec.Raw(msgspec.json.encode(value))

    def _number(self, name: str, expected: str) -> float | None:
        value: Any = self.value(name)
        try:
            if value is None or (isinstance(value, int | float | str) and not isinstance(value, bool)):
                return None if value is None else float(value)
        except ValueError:
            pass
        raise BadRequest(f"`{self.at(name)}` must be {expected}.", code="invalid_value", param=self.at(name))
