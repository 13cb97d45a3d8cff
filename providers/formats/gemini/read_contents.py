"""The conversation of a request: `systemInstruction` and `contents`."""

from typing import Literal

import msgspec

from pipeline.errors import BadRequest
from providers.canonical import Message, Part, Text, Thinking
from providers.formats.gemini.call_ids import Pending
from providers.formats.gemini.name import NAME
from providers.formats.gemini.proto_fields import ProtoFields
from providers.formats.gemini.read_parts import read_part

Role = Literal["user", "assistant"]


def read_contents(fields: ProtoFields) -> tuple[Message, ...]:
    """Contents of the model in a row are one answer: a chat that streams keeps each piece of it as a content of its own."""
    calls = Pending()
    found: list[Message] = _instruction(fields, calls)
    turns: list[Message] = []
    for content in fields.objects("contents"):
        message = _message(content, calls)
        if turns and message.role == turns[-1].role == "assistant":
            turns[-1] = msgspec.structs.replace(turns[-1], parts=turns[-1].parts + message.parts)
        else:
            turns.append(message)
    if not turns:
        raise BadRequest("`contents` must have at least one content.", code="missing_required_parameter", param="contents")
    return (*found, *(msgspec.structs.replace(turn, parts=_whole_thoughts(turn.parts)) for turn in turns))


def _instruction(fields: ProtoFields, calls: Pending) -> list[Message]:
    system = fields.object("systemInstruction")
    if system is None:
        return []
    system.text("role")
    parts = tuple(read_part(part, calls) for part in system.objects("parts"))
    kept = tuple(part for part in parts if not (isinstance(part, Text) and not part.text))
    return [Message(role="system", parts=kept, place=system.place)] if kept else []


def _message(content: ProtoFields, calls: Pending) -> Message:
    role: Role
    match content.text("role"):
        # `function` is how older samples send results; a single turn may leave the role out.
        case "user" | "function" | None | "":
            role = "user"
        case "model":
            role = "assistant"
        case other:
            place = content.at("role")
            raise BadRequest(f"`{place}` cannot be {other!r}: it is `user` or `model`.", code="invalid_value", param=place)
    parts = tuple(read_part(part, calls) for part in content.objects("parts"))
    return Message(role=role, parts=parts, place=content.place, extras=content.rest(NAME))


def _whole_thoughts(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Thoughts that another vendor signed are given back to it as one: a stream told them in pieces, with the signature last."""
    found: list[Part] = []
    for part in parts:
        if not (isinstance(part, Thinking) and _foreign(part)):
            found.append(part)
            continue
        text = part.text
        while found and isinstance(before := found[-1], Thinking) and before.signature is None and before.encrypted is None:
            text = before.text + text
            found.pop()
        found.append(msgspec.structs.replace(part, text=text))
    return tuple(found)


def _foreign(thinking: Thinking) -> bool:
    mark = thinking.signature or thinking.encrypted
    return mark is not None and mark.owner != NAME
