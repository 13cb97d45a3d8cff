"""The events of a responses stream: `event: <type>`, then `data: {"type": "<type>", …, "sequence_number": n}`."""

from typing import Any

import msgspec

from pipeline.events import sse_data

_encode = msgspec.json.encode


def sse(kind: str, sequence: int, members: dict[str, Any]) -> bytes:
    """One whole event; `members` are what this type of event has beside its type and number."""
    data = _encode({"type": kind, **members, "sequence_number": sequence})
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), data)


def read_event(event: bytes) -> dict[str, Any] | None:
    """The payload; None for a comment and for what is no JSON object."""
    data = sse_data(event)
    if not data.startswith(b"{"):
        return None
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
