"""Reading a unary reply, and a stream's first event: is it one, does it hold an error, what did it use."""

import msgspec

from pipeline.events import event_data
from providers.formats.gemini.usage import find_usage
from providers.formats.loose import error_object
from providers.formats.wire import Answer, NotInFormat

_MEMBERS = ("candidates", "promptFeedback", "usageMetadata", "totalTokens", "responseId")
"""Each of them tells a reply, or a count of tokens, from any other JSON."""


def read_unary(body: bytes) -> Answer:
    """Raises `NotInFormat` for all that is neither a reply, nor a count of tokens, nor an error."""
    if not body.strip():
        raise NotInFormat("an empty body")
    return _read(body, "a body")


def read_first(event: bytes) -> Answer | None:
    """An array's end is none: then the stream is empty."""
    data = event_data(event)
    return _read(data, "a stream whose first event") if data else None


def _read(data: bytes, what: str) -> Answer:
    try:
        reply = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise NotInFormat(f"{what} that is not JSON") from problem
    if not isinstance(reply, dict):
        raise NotInFormat(f"{what} that is not a JSON object")
    if reply.get("error"):
        return Answer(error=error_object(reply["error"]))
    if not any(name in reply for name in _MEMBERS):
        raise NotInFormat("JSON without `candidates`")
    model = reply.get("modelVersion")
    return Answer(usage=find_usage(reply), model=model if isinstance(model, str) and model else None)
