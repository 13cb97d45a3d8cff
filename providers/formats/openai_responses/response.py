"""Reading a unary reply, and a stream's first events: is it one, does it hold an error, what did it use."""

from typing import Any

import msgspec

from pipeline.events import sse_data
from providers.formats.loose import error_object, object_in, text_in
from providers.formats.openai_responses.sse import read_event
from providers.formats.openai_responses.usage import find_usage
from providers.formats.wire import Answer, NotInFormat

_OPENING = ("response.created", "response.queued", "response.in_progress")


class _Envelope(msgspec.Struct):
    """The members that matter. `output` is looked at for the searches that are billed by the call."""

    output: Any = None
    status: Any = None
    error: Any = None
    usage: Any = None
    tool_usage: Any = None
    model: Any = None


_decode = msgspec.json.Decoder(_Envelope).decode


def read_unary(body: bytes) -> Answer:
    """Raises `NotInFormat` for an empty body, one that is not a JSON object, and one with neither output nor an error."""
    if not body.strip():
        raise NotInFormat("an empty body")
    try:
        reply = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise NotInFormat("a body that is not the JSON of a response") from problem
    if reply.error:
        return Answer(error=error_object(reply.error))
    if not isinstance(reply.output, list):
        raise NotInFormat("JSON without `output`")
    usage = find_usage({"output": reply.output, "usage": reply.usage, "tool_usage": reply.tool_usage})
    return Answer(usage=usage, model=text_in(reply.model) or None)


def read_first(event: bytes) -> Answer | None:
    """The first events only repeat the request: a vendor that is overloaded says so after them."""
    data = read_event(event)
    if data is None:
        if sse_data(event):
            raise NotInFormat("a stream whose first event is not a JSON object")
        return None
    response = object_in(data.get("response"))
    failed = data.get("error") or (data if data.get("type") == "error" else response.get("error"))
    if failed:
        return Answer(error=error_object(failed))
    return Answer(model=text_in(response.get("model")) or None, opening=data.get("type") in _OPENING)
