"""OpenAI responses. https://platform.openai.com/docs/api-reference/responses"""

from pipeline.json_object import JsonObject
from providers.formats.openai_responses.errors import ResponsesErrors
from providers.formats.openai_responses.response import read_first, read_unary
from providers.formats.openai_responses.stream import ResponsesTap, is_terminal
from providers.formats.wire import Answer


class OpenAIResponses:
    """The format's reading and asking; see `providers.formats.wire.WireFormat`."""

    errors = ResponsesErrors()
    said = (b'"delta":',)
    passed_headers = ("content-type", "retry-after", "retry-after-ms", "x-should-retry", "openai-processing-ms", "openai-version")
    passed_prefix = "x-ratelimit-"
    id_header = "x-request-id"

    def read_unary(self, body: bytes) -> Answer:
        return read_unary(body)

    def read_first(self, event: bytes) -> Answer | None:
        return read_first(event)

    def tap(self, *, hide_usage: bool) -> ResponsesTap:  # noqa: ARG002  # the last event always has it
        return ResponsesTap()

    def is_last(self, event: bytes) -> bool:
        return is_terminal(event)

    def ask_usage(self, body: JsonObject) -> bool:  # noqa: ARG002  # the last event always has it
        return False


FORMAT = OpenAIResponses()
