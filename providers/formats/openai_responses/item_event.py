"""An event of a stream, as far as it is read."""

from typing import Any

import msgspec


class ItemEvent(msgspec.Struct):
    """The members of all types of events in one; those that one has not are null."""

    type: str = ""
    output_index: Any = None
    item: msgspec.Raw = msgspec.Raw(b"null")
    part: Any = None
    delta: Any = None
    text: Any = None
    refusal: Any = None
    arguments: Any = None
    input: Any = None
    annotation: msgspec.Raw = msgspec.Raw(b"null")
    logprobs: Any = None
    response: msgspec.Raw = msgspec.Raw(b"null")
    error: Any = None
    message: Any = None
    code: Any = None


decode_event = msgspec.json.Decoder(ItemEvent).decode
