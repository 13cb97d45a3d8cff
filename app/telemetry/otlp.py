"""Spans as an OTLP `ExportTraceServiceRequest`, in protobuf's wire format.

Written by hand, because the SDK's spans and their encoder would take a quarter of the throughput where every request is traced
(docs/decisions/0006-spans-by-hand.md); an attribute that was seen before is a look-up here. A test reads what is written with
OpenTelemetry's own messages. The field numbers are those of
https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/trace/v1/trace.proto
"""

import struct
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from app.telemetry.spans import Event, Span

# A tag is the field's number times 8, plus how the value is written: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.
_SPAN_ATTRIBUTES = b"\x4a"
_EVENT_ATTRIBUTES = b"\x1a"
_RESOURCE_ATTRIBUTES = b"\x0a"
_NOT_REMOTE, _REMOTE = (flags.to_bytes(4, "little") for flags in (0x100, 0x300))
_ERROR = b"\x18\x02"

_CACHED_LENGTH = 64
_pack_float = struct.Struct("<d").pack


class OtlpRequest:
    """What goes around the spans of one process: who it is, and what made them."""

    def __init__(self, resource: Mapping[str, Any], scope: str, version: str) -> None:
        self._resource = _field(b"\x0a", _attributes(_RESOURCE_ATTRIBUTES, resource))
        self._scope = _field(b"\x0a", _field(b"\x0a", scope.encode()) + _field(b"\x12", version.encode()))

    def around(self, spans: Iterable[bytes]) -> bytes:
        """`spans` as `encode` wrote them."""
        return _field(b"\x0a", self._resource + _field(b"\x12", self._scope + b"".join(spans)))


def encode(span: Span) -> bytes:
    parts = [
        b"\x0a\x10", span.trace_id.to_bytes(16, "big"),
        b"\x12\x08", span.id.to_bytes(8, "big"),
        _field(b"\x1a", _text(span.state)) if span.state else b"",
        b"\x22\x08" + span.parent.to_bytes(8, "big") if span.parent is not None else b"",
        _field(b"\x2a", _text(span.name)),
        b"\x30", _ONE_BYTE[span.kind],
        b"\x39", span.started.to_bytes(8, "little"),
        b"\x41", span.ended.to_bytes(8, "little"),
        _attributes(_SPAN_ATTRIBUTES, span.attributes),
        *[_field(b"\x5a", _event(event)) for event in span.events],
        _field(b"\x7a", _field(b"\x12", _text(span.error)) + _ERROR) if span.error is not None else b"\x7a\x00",
        b"\x85\x01", _REMOTE if span.remote else _NOT_REMOTE,
    ]  # fmt: skip
    return _field(b"\x12", b"".join(parts))


def _event(event: Event) -> bytes:
    named = b"\x09" + event.at.to_bytes(8, "little") + _field(b"\x12", _text(event.name))
    return named + _attributes(_EVENT_ATTRIBUTES, event.attributes)


def _attributes(tag: bytes, attributes: Mapping[str, Any]) -> bytes:
    """Values that come again and again are written once; times and bodies never do."""
    return b"".join(
        [
            _float_head(tag, name) + _pack_float(value)
            if type(value) is float
            else _attribute(tag, name, value)
            if type(value) is str and len(value) > _CACHED_LENGTH
            else _seen_attribute(tag, name, value)
            for name, value in attributes.items()
        ]
    )


def _attribute(tag: bytes, name: str, value: Any) -> bytes:
    return _field(tag, _field(b"\x0a", _text(name)) + _field(b"\x12", _value(value)))


_seen_attribute = lru_cache(4096, typed=True)(_attribute)


@lru_cache(1024)
def _float_head(tag: bytes, name: str) -> bytes:
    """All but the number itself, whose length is always the same."""
    return _attribute(tag, name, 0.0)[:-8]


def _value(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"\x10\x01" if value else b"\x10\x00"
    if isinstance(value, int):
        return b"\x18" + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)
    if isinstance(value, float):
        return b"\x21" + _pack_float(value)
    return _field(b"\x0a", _text(str(value)))


def _text(text: str) -> bytes:
    """A lone surrogate, which JSON can spell and UTF-8 cannot, becomes a question mark."""
    return text.encode("utf-8", "replace")


def _field(tag: bytes, content: bytes) -> bytes:
    return tag + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    if number < 128:
        return _ONE_BYTE[number]
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


_ONE_BYTE = tuple(bytes((number,)) for number in range(128))
