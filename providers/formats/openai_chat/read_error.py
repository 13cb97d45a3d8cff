"""OpenAI's error object, and those of the vendors that bend it."""

from collections.abc import Mapping

from pipeline.errors import UpstreamFailed
from providers.formats.vendor_error import vendor_error


def read_error(status: int, error: Mapping[str, object]) -> UpstreamFailed:
    message, code, param = error.get("message"), error.get("code"), error.get("param")
    return vendor_error(
        status,
        message if isinstance(message, str) else "",
        code=code if isinstance(code, str) and not code.isdecimal() else None,
        param=param if isinstance(param, str) else None,
    )
