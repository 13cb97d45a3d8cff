"""The `traceparent` and `tracestate` headers. https://www.w3.org/TR/trace-context/"""

import re
from dataclasses import dataclass

from pipeline.flow import Headers

_VERSION_0 = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
_LATER = re.compile(r"(?!ff|00)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")

_STATE_LIMIT = 512
"""How long a `tracestate` must be passed on at least; what is longer is dropped."""

SAMPLED = 1
_KNOWN_FLAGS = 0b11
"""Sampled, and: the trace's id is random."""


@dataclass(frozen=True, slots=True)
class Parent:
    """The caller's own span, as its headers name it."""

    trace_id: int
    span_id: int
    flags: int
    state: str = ""

    @property
    def sampled(self) -> bool:
        return bool(self.flags & SAMPLED)


def read_parent(headers: Headers) -> Parent | None:
    """None where there is no `traceparent`, or one that is not to be trusted: then a new trace begins."""
    found = headers.get_all("traceparent")
    if len(found) != 1:
        return None
    match = _VERSION_0.fullmatch(found[0]) or _LATER.fullmatch(found[0])
    if match is None:
        return None
    trace_id, span_id, flags = (int(part, 16) for part in match.groups())
    if not trace_id or not span_id:
        return None
    return Parent(trace_id, span_id, flags & _KNOWN_FLAGS, _state(headers))


def write_parent(trace_id: int, span_id: int, flags: int) -> str:
    return f"00-{trace_id:032x}-{span_id:016x}-{flags:02x}"


def _state(headers: Headers) -> str:
    state = ",".join(filter(None, headers.get_all("tracestate")))
    return state if len(state) <= _STATE_LIMIT and state.isascii() and state.isprintable() else ""
