"""Reading a JSON object of a caller's or a vendor's, member by member, so that what is not read is not lost."""

from typing import Any, TypeVar

import msgspec

from pipeline.errors import BadRequest
from providers.canonical import Extras

Read = TypeVar("Read")

_members = msgspec.json.Decoder(dict[str, msgspec.Raw])
_objects = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_any = msgspec.json.Decoder(dict[str, Any])
_text = msgspec.json.Decoder(str)
_texts = msgspec.json.Decoder(list[str])
_integer = msgspec.json.Decoder(int)
_number = msgspec.json.Decoder(float)
_flag = msgspec.json.Decoder(bool)

_SPACE = b" \t\r\n"


class Fields:
    """`place` is where the object stands in the body, for errors. Every reader takes its member, and gives None where it is
    absent or null; `rest` is what nobody took. All raise `BadRequest`, with the member's place as `param`, for a value of
    another type."""

    __slots__ = ("_members", "place")

    def __init__(self, members: dict[str, msgspec.Raw], place: str = "") -> None:
        self._members = members
        self.place = place

    @classmethod
    def of(cls, source: bytes | msgspec.Raw, place: str = "") -> "Fields":
        return cls(_decoded(source, _members, place, "an object"), place)

    def at(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def raw(self, name: str) -> msgspec.Raw | None:
        """The member as it was written."""
        value = self._members.pop(name, None)
        return None if value is None or kind(value) == b"n" else value

    def text(self, name: str) -> str | None:
        return self._read(name, _text, "a string")

    def required_text(self, name: str) -> str:
        if (value := self.text(name)) is None:
            raise BadRequest(f"`{self.at(name)}` is missing.", code="missing_required_parameter", param=self.at(name))
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A string counts as a list of one."""
        raw = self.raw(name)
        if raw is None:
            return ()
        if kind(raw) == b'"':
            return (_decoded(raw, _text, self.at(name), "a string"),)
        found: list[str] = _decoded(raw, _texts, self.at(name), "a list of strings")
        return tuple(found)

    def integer(self, name: str) -> int | None:
        return self._read(name, _integer, "a whole number")

    def number(self, name: str) -> float | None:
        return self._read(name, _number, "a number")

    def flag(self, name: str) -> bool | None:
        return self._read(name, _flag, "true or false")

    def object(self, name: str) -> "Fields | None":
        raw = self.raw(name)
        return None if raw is None else Fields.of(raw, self.at(name))

    def objects(self, name: str) -> list["Fields"]:
        raw = self.raw(name)
        return [] if raw is None else objects(raw, self.at(name))

    def strings(self, name: str) -> dict[str, str]:
        """An object of scalars, as text."""
        found: dict[str, Any] = self._read(name, _any, "an object") or {}
        return {key: value if isinstance(value, str) else msgspec.json.encode(value).decode() for key, value in found.items()}

    def value(self, name: str) -> Any:
        """Decoded, of any type."""
        raw = self.raw(name)
        return None if raw is None else msgspec.json.decode(raw)

    def rest(self, owner: str) -> Extras | None:
        """What has not been taken; None if nothing is left."""
        return Extras(owner, dict(self._members)) if self._members else None

    def all(self) -> msgspec.Raw:
        """The members that are left, as one JSON object."""
        return msgspec.Raw(msgspec.json.encode(self._members))

    def _read(self, name: str, decoder: "msgspec.json.Decoder[Read]", expected: str) -> Read | None:
        raw = self.raw(name)
        return None if raw is None else _decoded(raw, decoder, self.at(name), expected)


def objects(raw: msgspec.Raw, place: str) -> list[Fields]:
    """Each element of a list of objects."""
    found = _decoded(raw, _objects, place, "a list of objects")
    return [Fields(members, f"{place}[{index}]") for index, members in enumerate(found)]


def kind(raw: msgspec.Raw) -> bytes:
    """The first character of the value: `"`, `{`, `[`, `n` for null, …"""
    return bytes(memoryview(raw)[:1]) if memoryview(raw)[0] not in _SPACE else bytes(raw).lstrip()[:1]


def json_text(raw: msgspec.Raw) -> str:
    """The value's own JSON, byte for byte."""
    return str(memoryview(raw), "utf-8")


def _decoded(raw: bytes | msgspec.Raw, decoder: "msgspec.json.Decoder[Read]", place: str, expected: str) -> Read:
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadRequest(f"`{place}` must be {expected}.", code="invalid_value", param=place) from problem
