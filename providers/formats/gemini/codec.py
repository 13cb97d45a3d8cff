"""generateContent to and from the canonical model; see `providers.formats.codec.Codec`."""

import httpx

from providers.formats.codec import Codec, Limits
from providers.formats.gemini.name import NAME
from providers.formats.gemini.read_error import read_error
from providers.formats.gemini.read_reply import read_reply
from providers.formats.gemini.read_request import read_request
from providers.formats.gemini.read_stream import GeminiStreamReader
from providers.formats.gemini.write_reply import write_reply
from providers.formats.gemini.write_request import write_request
from providers.formats.gemini.write_stream import GeminiStreamWriter


class GeminiCodec:
    """Any part has a place for a signature; but Google's own CLI forgets thoughts, and signatures that are not on a call
    (https://github.com/google-gemini/gemini-cli/issues/25808), so what led to a call is kept here as well."""

    name = NAME
    signs = True
    carries_opaque = False
    read_request = staticmethod(read_request)
    write_request = staticmethod(write_request)
    read_reply = staticmethod(read_reply)
    write_reply = staticmethod(write_reply)
    stream_reader = GeminiStreamReader
    stream_writer = GeminiStreamWriter
    read_error = staticmethod(read_error)

    @staticmethod
    def read_limits(headers: httpx.Headers) -> Limits:  # noqa: ARG004  # no header tells them
        return Limits()

    @staticmethod
    def write_limits(limits: Limits) -> dict[str, str]:  # noqa: ARG004  # no client of Google's looks for any
        return {}


CODEC: Codec = GeminiCodec()
