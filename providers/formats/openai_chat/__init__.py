"""OpenAI chat completions. https://platform.openai.com/docs/api-reference/chat"""

from pipeline.json_object import JsonObject
from providers.formats.openai_chat.errors import OpenAIErrors
from providers.formats.openai_chat.response import read_first, read_unary
from providers.formats.openai_chat.stream import ChatTap, is_done
from providers.formats.wire import Answer


class OpenAIChat:
    """The format's reading and asking; see `providers.formats.wire.WireFormat`."""

    errors = OpenAIErrors()
    said = (b'content":', b'arguments":')
    passed_headers = ("content-type", "retry-after", "retry-after-ms", "x-should-retry", "openai-processing-ms", "openai-version")
    passed_prefix = "x-ratelimit-"
    id_header = "x-request-id"

    def read_unary(self, body: bytes) -> Answer:
        return read_unary(body)

    def read_first(self, event: bytes) -> Answer | None:
        return read_first(event)

    def tap(self, *, hide_usage: bool) -> ChatTap:
        return ChatTap(hide_usage=hide_usage)

    def is_last(self, event: bytes) -> bool:
        return is_done(event)

    def ask_usage(self, body: JsonObject) -> bool:
        """`stream_options: {include_usage: true}`; other stream options stay."""
        options = body.get("stream_options")
        options = dict(options) if isinstance(options, dict) else {}
        if options.get("include_usage") is True:
            return False
        body.set("stream_options", {**options, "include_usage": True})
        return True


FORMAT = OpenAIChat()
