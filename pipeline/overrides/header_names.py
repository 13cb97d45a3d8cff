"""Which headers an operator may set, and which of a caller's may be read: never its key, its cookies, or what is about its own
connection to us."""

import re

from pipeline.refusal import refusal
from pipeline.stages.auth import KEY_HEADERS

# RFC 9110, 7.6.1, and what HTTP/1.0 proxies made of it.
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "te", "trailer", "trailers", "transfer-encoding", "upgrade", "http2-settings", "expect"}
)
FRAMING = frozenset({"host", "content-length"})
COOKIES = frozenset({"cookie", "cookie2", "set-cookie"})
CREDENTIALS = frozenset({"authorization", *KEY_HEADERS, "x-auth-token", "x-amz-security-token"})

# The body that goes up is not the bytes that came: it was decompressed, perhaps edited; and we read the answer, not the caller.
ABOUT_BODIES = frozenset({"accept", "accept-encoding", "content-type", "content-encoding", "content-md5", "digest", "range"})

# Who the caller is and which way it came: for its gateway, not for a vendor.
ABOUT_CALLER = frozenset({"forwarded", "via", "x-real-ip", "x-client-ip", "true-client-ip", "cf-connecting-ip"})

# The gateway passes them on itself, or its own in their place.
TRACING = frozenset({"traceparent", "tracestate"})

_CLOSED = HOP_BY_HOP | FRAMING | COOKIES | CREDENTIALS | ABOUT_BODIES | ABOUT_CALLER | TRACING
_NEVER_PREFIXES = ("proxy-", "sec-websocket-")
_CALLER_PREFIXES = (*_NEVER_PREFIXES, "x-forwarded-")

# RFC 9110, 5.1.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def readable(name: str) -> bool:
    """Whether the caller's own header of this (lower-case) name may go up."""
    return name not in _CLOSED and not name.startswith(_CALLER_PREFIXES)


def read_settable(name: str) -> str:
    """The lower-case name of a header that an operator may set. Raises a refusal."""
    lower = _read_name(name)
    if lower in HOP_BY_HOP | FRAMING | COOKIES or lower.startswith(_NEVER_PREFIXES):
        raise refusal(f"the header {lower!r} cannot be set: it belongs to the connection")
    return lower


def read_readable(name: str) -> str:
    """The lower-case name of a header that may be taken from the caller. Raises a refusal."""
    lower = _read_name(name)
    if not readable(lower):
        raise refusal(f"the caller's header {lower!r} never goes to a vendor")
    return lower


def read_plain(name: str) -> str:
    """The same, but for a header that authorises: that one is set with `{api_key}` or not at all. Raises a refusal."""
    lower = read_settable(name)
    if lower in CREDENTIALS:
        raise refusal(f"the header {lower!r} can only be set to a text with {{api_key}}")
    return lower


def _read_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise refusal("expected a header's name, such as x-team")
    return name.lower()
