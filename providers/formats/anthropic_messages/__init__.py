"""Anthropic messages. https://docs.anthropic.com/en/api/messages"""

from pipeline.json_object import JsonObject
from providers.formats.anthropic_messages.errors import AnthropicErrors
from providers.formats.anthropic_messages.response import read_first, read_unary
from providers.formats.anthropic_messages.stream import MessageTap, is_last
from providers.formats.wire import Answer


class AnthropicMessages:
    """The format's reading and asking; see `providers.formats.wire.WireFormat`."""

    errors = AnthropicErrors()
    said = (b'"text":', b'"thinking":', b'"partial_json":')
    passed_headers = ("content-type", "retry-after", "retry-after-ms", "x-should-retry")
    passed_prefix = "anthropic-ratelimit-"
    id_header = "request-id"

    def read_unary(self, body: bytes) -> Answer:
        return read_unary(body)

    def read_first(self, event: bytes) -> Answer | None:
        return read_first(event)

    def tap(self, *, hide_usage: bool) -> MessageTap:  # noqa: ARG002  # there is none to hide
        return MessageTap()

    def is_last(self, event: bytes) -> bool:
        return is_last(event)

    def ask_usage(self, body: JsonObject) -> bool:  # noqa: ARG002  # it comes unasked
        return False


FORMAT = AnthropicMessages()
