"""Google's error object."""

from collections.abc import Mapping

from pipeline.errors import UpstreamFailed
from providers.formats.vendor_error import CONTEXT_EXCEEDED, vendor_error

_TOO_LONG = "The input token count"
"""How the message begins when the prompt is too long; its `status` and its details say no more than that it is invalid."""


def read_error(status: int, error: Mapping[str, object]) -> UpstreamFailed:
    message = error.get("message")
    text = message if isinstance(message, str) else ""
    return vendor_error(status, text, code=CONTEXT_EXCEEDED if text.startswith(_TOO_LONG) else None)
