"""Chat completions to and from the canonical model; see `providers.formats.codec.Codec`."""

from providers.formats.codec import Codec
from providers.formats.openai_chat.limits import read_limits, write_limits
from providers.formats.openai_chat.name import NAME
from providers.formats.openai_chat.read_error import read_error
from providers.formats.openai_chat.read_reply import read_reply
from providers.formats.openai_chat.read_request import read_request
from providers.formats.openai_chat.read_stream import ChatStreamReader
from providers.formats.openai_chat.write_reply import write_reply
from providers.formats.openai_chat.write_request import write_request
from providers.formats.openai_chat.write_stream import ChatStreamWriter


class ChatCodec:
    """Thoughts have no signature here, and calls neither."""

    name = NAME
    signs = False
    carries_opaque = False
    read_request = staticmethod(read_request)
    write_request = staticmethod(write_request)
    read_reply = staticmethod(read_reply)
    write_reply = staticmethod(write_reply)
    stream_reader = ChatStreamReader
    stream_writer = ChatStreamWriter
    read_error = staticmethod(read_error)
    read_limits = staticmethod(read_limits)
    write_limits = staticmethod(write_limits)


CODEC: Codec = ChatCodec()
