"""Reading a unary reply, and a stream's first event: is it one, does it hold an error, what did it use."""

from typing import Any

import msgspec

from pipeline.events import sse_data
from providers.formats.anthropic_messages.usage import read_usage
from providers.formats.loose import error_object, text_in
from providers.formats.wire import Answer, NotInFormat


class _Envelope(msgspec.Struct):
    """The members that matter; `content`, the bulk of a reply, is skipped over and not built."""

    content: msgspec.Raw = msgspec.Raw(b"null")
    error: Any = None
    usage: Any = None
    model: Any = None
    input_tokens: Any = None


_decode = msgspec.json.Decoder(_Envelope).decode


def read_unary(body: bytes) -> Answer:
    """A message, a count of tokens, or an error. Raises `NotInFormat` for all else."""
    if not body.strip():
        raise NotInFormat("an empty body")
    try:
        reply = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise NotInFormat("a body that is not the JSON of a message") from problem
    if reply.error:
        return Answer(error=error_object(reply.error))
    if bytes(memoryview(reply.content)[:1]) != b"[" and reply.input_tokens is None:
        raise NotInFormat("JSON without `content`")
    return Answer(usage=read_usage(reply.usage), model=text_in(reply.model) or None)


def read_first(event: bytes) -> Answer | None:
    data = sse_data(event)
    if not data:
        return None
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise NotInFormat("a stream whose first event is not JSON") from problem
    if not isinstance(value, dict):
        raise NotInFormat("a stream whose first event is not a JSON object")
    if value.get("error"):
        return Answer(error=error_object(value["error"]))
    if value.get("type") == "ping":
        return None
    message = value.get("message")
    message = message if isinstance(message, dict) else {}
    return Answer(usage=read_usage(message.get("usage")), model=text_in(message.get("model")) or None)
