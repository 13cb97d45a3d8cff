"""Responses to and from the canonical model; see `providers.formats.codec.Codec`."""

from providers.formats.codec import Codec
from providers.formats.openai_chat.limits import read_limits, write_limits
from providers.formats.openai_chat.read_error import read_error
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.read_reply import read_reply
from providers.formats.openai_responses.read_request import read_request
from providers.formats.openai_responses.read_stream import ResponsesStreamReader
from providers.formats.openai_responses.write_reply import write_reply
from providers.formats.openai_responses.write_request import write_request
from providers.formats.openai_responses.write_stream import ResponsesStreamWriter


class ResponsesCodec:
    """Thoughts have a place for what their vendor signed or encrypted; calls have none."""

    name = NAME
    signs = True
    carries_opaque = False
    read_request = staticmethod(read_request)
    write_request = staticmethod(write_request)
    read_reply = staticmethod(read_reply)
    write_reply = staticmethod(write_reply)
    stream_reader = ResponsesStreamReader
    stream_writer = ResponsesStreamWriter
    read_error = staticmethod(read_error)
    read_limits = staticmethod(read_limits)
    write_limits = staticmethod(write_limits)


CODEC: Codec = ResponsesCodec()
