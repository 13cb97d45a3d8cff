"""Messages to and from the canonical model; see `providers.formats.codec.Codec`."""

from providers.formats.anthropic_messages.limits import read_limits, write_limits
from providers.formats.anthropic_messages.name import NAME
from providers.formats.anthropic_messages.read_error import read_error
from providers.formats.anthropic_messages.read_reply import read_reply
from providers.formats.anthropic_messages.read_request import read_request
from providers.formats.anthropic_messages.read_stream import MessageStreamReader
from providers.formats.anthropic_messages.write_reply import write_reply
from providers.formats.anthropic_messages.write_request import write_request
from providers.formats.anthropic_messages.write_stream import MessageStreamWriter
from providers.formats.codec import Codec


class MessagesCodec:
    """Thinking has a signature here, which holds another vendor's as well; a tool call, which Gemini signs, has none."""

    name = NAME
    signs = True
    carries_opaque = False
    read_request = staticmethod(read_request)
    write_request = staticmethod(write_request)
    read_reply = staticmethod(read_reply)
    write_reply = staticmethod(write_reply)
    stream_reader = MessageStreamReader
    stream_writer = MessageStreamWriter
    read_error = staticmethod(read_error)
    read_limits = staticmethod(read_limits)
    write_limits = staticmethod(write_limits)


CODEC: Codec = MessagesCodec()
