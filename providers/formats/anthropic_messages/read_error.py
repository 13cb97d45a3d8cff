"""Anthropic's error object."""

from collections.abc import Mapping

from pipeline.errors import UpstreamFailed
from providers.formats.anthropic_messages.errors import TOO_LONG
from providers.formats.vendor_error import CONTEXT_EXCEEDED, vendor_error


def read_error(status: int, error: Mapping[str, object]) -> UpstreamFailed:
    """The type says no more than the status, and there is no code: a prompt that is too long is known by the vendor's words."""
    message = error.get("message")
    text = message if isinstance(message, str) else ""
    return vendor_error(status, text, code=CONTEXT_EXCEEDED if text.startswith(TOO_LONG) else None)
