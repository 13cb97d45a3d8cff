"""Gemini generateContent, on the Gemini API and on Vertex AI. https://ai.google.dev/api/generate-content"""

from pipeline.json_object import JsonObject
from providers.formats.gemini.errors import GoogleErrors
from providers.formats.gemini.response import read_first, read_unary
from providers.formats.gemini.stream import GeminiTap
from providers.formats.wire import Answer
from providers.json_array import is_end


class Gemini:
    """The format's reading and asking; see `providers.formats.wire.WireFormat`. No header tells what is left of a limit, or a
    request's id: the first is not told at all, and the second is `responseId`."""

    errors = GoogleErrors()
    said = (b'"text":', b'"stringValue":')
    passed_headers = ("content-type", "retry-after", "server-timing")
    passed_prefix = "x-gemini-"
    id_header = "x-goog-request-id"

    def read_unary(self, body: bytes) -> Answer:
        return read_unary(body)

    def read_first(self, event: bytes) -> Answer | None:
        return read_first(event)

    def tap(self, *, hide_usage: bool) -> GeminiTap:  # noqa: ARG002  # there is none to hide
        return GeminiTap()

    def is_last(self, event: bytes) -> bool:
        """A stream of events has no end mark; an array has."""
        return is_end(event)

    def name_model(self, body: JsonObject, model: str) -> None:
        """The path decides. What a body says beside it could be another model, and a count's inner request must agree."""
        body.delete("model")
        inner = body.get("generateContentRequest")
        if isinstance(inner, dict) and inner.get("model") not in (model, f"models/{model}"):
            body.set("generateContentRequest", {**inner, "model": f"models/{model}"})

    def ask_usage(self, body: JsonObject) -> bool:  # noqa: ARG002  # it comes unasked
        return False


FORMAT = Gemini()
