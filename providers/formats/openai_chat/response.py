"""Reading a unary reply, and a stream's first event: is it one, does it hold an error, what did it use."""

from typing import Any

import msgspec

from pipeline.events import sse_data
from providers.formats.loose import error_object, text_in
from providers.formats.openai_chat.stream import DONE
from providers.formats.openai_chat.usage import find_usage, read_usage
from providers.formats.wire import Answer, NotInFormat


class _Envelope(msgspec.Struct):
    """The members that matter; `choices`, the bulk of a reply, is skipped over and not built."""

    choices: msgspec.Raw = msgspec.Raw(b"null")
    error: Any = None
    usage: Any = None
    model: Any = None


_decode = msgspec.json.Decoder(_Envelope).decode


def read_unary(body: bytes) -> Answer:
    """Raises `NotInFormat` for an empty body, one that is not a JSON object, and one with neither choices nor an error."""
    if not body.strip():
        raise NotInFormat("an empty body")
    try:
        reply = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise NotInFormat("a body that is not the JSON of a chat completion") from problem
    if reply.error:
        return Answer(error=error_object(reply.error))
    if bytes(memoryview(reply.choices)[:1]) != b"[":
        raise NotInFormat("JSON without `choices`")
    return Answer(usage=read_usage(reply.usage), model=text_in(reply.model) or None)


def read_first(event: bytes) -> Answer | None:
    """A chunk need not have choices: Azure begins with a filter result, others with metadata."""
    data = sse_data(event)
    if not data:
        return None
    if data.startswith(DONE):
        raise NotInFormat("a stream that ends before it begins")
    try:
        chunk = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise NotInFormat("a stream whose first event is not JSON") from problem
    if not isinstance(chunk, dict):
        raise NotInFormat("a stream whose first event is not a JSON object")
    if chunk.get("error"):
        return Answer(error=error_object(chunk["error"]))
    return Answer(usage=find_usage(chunk), model=text_in(chunk.get("model")) or None)
