"""A JSON object of which only top-level values are looked at or replaced; everything else stays the bytes it came as."""

import codecs
import mmap
from collections.abc import Iterator, Mapping
from typing import Any, Self

import msgspec

from pipeline.errors import BadRequest

Buffer = bytes | mmap.mmap

_BLOCK = 1 << 20


class _Key:
    """A member's name. A class of its own because msgspec hands such a key to `dec_hook` each time it meets one, which is
    how a repeated name is noticed at no extra pass: `dict[str, Raw]` would keep the last one silently."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


def _decode_key(_: type, name: Any) -> _Key:
    return _Key(name)


_members = msgspec.json.Decoder(dict[_Key, msgspec.Raw], dec_hook=_decode_key)
_encode = msgspec.json.encode


class JsonObject:
    """`encode()` gives the very bytes that were parsed until a value is set or deleted; then the members are joined again,
    with the untouched ones copied byte for byte (300 KB: 0.14 ms against 1.3 ms for a decode and encode)."""

    __slots__ = ("_frozen", "_members", "_source")

    def __init__(self, members: dict[str, msgspec.Raw], source: Buffer | None) -> None:
        self._members = members
        self._source = source
        self._frozen = False

    @classmethod
    def parse(cls, source: Buffer) -> Self:
        """Raises `BadRequest` for anything but one JSON object in UTF-8 whose names differ in more than case: with two
        `model`s a caller could be allowed one and served the other."""
        try:
            _check_utf8(source)
            found = _members.decode(source)
        except UnicodeDecodeError as problem:
            raise BadRequest("The body is not valid UTF-8.", code="invalid_utf8") from problem
        except RecursionError as problem:
            raise BadRequest("The body's JSON is nested too deeply.", code="invalid_json") from problem
        except msgspec.ValidationError as problem:
            raise BadRequest("The body must be a JSON object.", code="invalid_json") from problem
        except msgspec.DecodeError as problem:
            raise BadRequest(f"The body is not valid JSON: {problem}.", code="invalid_json") from problem
        folded: set[str] = set()
        for key in found:
            name = key.name.casefold()
            if name in folded:
                raise BadRequest(
                    f"The body has {key.name!r} twice (names that differ only in case count as one).",
                    code="duplicate_field",
                    param=key.name,
                )
            folded.add(name)
        return cls({key.name: value for key, value in found.items()}, source)

    @classmethod
    def of(cls, members: Mapping[str, Any]) -> Self:
        """One that is written and not parsed."""
        return cls({name: msgspec.Raw(_encode(value)) for name, value in members.items()}, None)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def __iter__(self) -> Iterator[str]:
        return iter(self._members)

    def get(self, name: str, default: Any = None) -> Any:
        """The decoded value of a member. Decoding costs by the value's size: ask for what you need.

        Raises `BadRequest` for a value that cannot be held, such as the number 1e999.
        """
        raw = self._members.get(name)
        if raw is None:
            return default
        try:
            return msgspec.json.decode(raw)
        except msgspec.DecodeError as problem:
            raise BadRequest(f"`{name}` cannot be read: {problem}.", code="invalid_value", param=name) from problem

    def set(self, name: str, value: Any) -> None:
        self._check_open()
        self._members[name] = msgspec.Raw(_encode(value))
        self._source = None

    def delete(self, name: str) -> None:
        self._check_open()
        if self._members.pop(name, None) is not None:
            self._source = None

    def freeze(self) -> None:
        """From here on only copies can be edited."""
        self._frozen = True

    def copy(self) -> "JsonObject":
        """Independent for edits, sharing the bytes."""
        return JsonObject(dict(self._members), self._source)

    @property
    def verbatim(self) -> bool:
        """Whether `encode()` is still what the caller sent."""
        return self._source is not None

    def encode(self) -> Buffer:
        if self._source is not None:
            return self._source
        parts: list[Any] = []
        for name, raw in self._members.items():
            parts += (b",", _encode(name), b":", raw)
        parts[:1] = [b"{"]
        parts.append(b"}")
        return b"".join(parts)

    def _check_open(self) -> None:
        if self._frozen:
            raise RuntimeError("the body is frozen since `admit`: edit the attempt's body in `upstream_request`")


def _check_utf8(source: Buffer) -> None:
    """msgspec does not look inside the values it leaves raw."""
    if isinstance(source, bytes):
        if not source.isascii():
            source.decode()
        return
    decoder = codecs.getincrementaldecoder("utf-8")()
    for start in range(0, len(source), _BLOCK):
        decoder.decode(source[start : start + _BLOCK])
    decoder.decode(b"", True)
