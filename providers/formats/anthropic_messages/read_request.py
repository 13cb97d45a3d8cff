"""From a message's request to the canonical one. https://docs.anthropic.com/en/api/messages"""

import re

import msgspec

from pipeline.errors import BadRequest
from pipeline.json_object import JsonObject
from providers.canonical import Message, Part, Reasoning, Request, ResponseFormat, Sampling, Text
from providers.formats.anthropic_messages.name import NAME
from providers.formats.anthropic_messages.read_blocks import read_blocks, read_cache
from providers.formats.anthropic_messages.read_tools import read_tool_choice, read_tools
from providers.formats.fields import Fields

# Claude Code's first system block says what the call is billed to, with a number that is another each time: left in, no other
# vendor's prompt cache would ever hit.
_BILLING = re.compile(r"^x-anthropic-billing-header:[^\n]*\n*", re.MULTILINE)


def read_request(body: JsonObject, model: str, *, stream: bool) -> Request:
    fields = Fields.of(bytes(body.encode()))
    fields.raw("model")
    fields.raw("stream")
    output = fields.object("output_config") or Fields({}, "output_config")
    metadata = fields.object("metadata")
    choice, parallel = read_tool_choice(fields.object("tool_choice"))
    form = output.object("format") or fields.object("output_format")
    return Request(
        owner=NAME,
        model=model,
        messages=(*_system(fields), *_messages(fields)),
        stream=stream,
        include_usage=True,
        tools=read_tools(fields),
        tool_choice=choice,
        parallel_tools=parallel,
        max_output=fields.integer("max_tokens"),
        sampling=Sampling(
            temperature=fields.number("temperature"),
            top_p=fields.number("top_p"),
            top_k=fields.integer("top_k"),
            stop=fields.texts("stop_sequences"),
        ),
        reasoning=_reasoning(fields.object("thinking"), output.text("effort")),
        response_format=None if form is None else ResponseFormat(kind="json_schema", schema=form.raw("schema")),
        user=metadata.text("user_id") if metadata is not None else None,
        service_tier=fields.text("service_tier"),
        cache=read_cache(fields),
        extras=fields.rest(NAME),
    )


def _system(fields: Fields) -> tuple[Message, ...]:
    parts = [_without_billing(part) for part in read_blocks(fields, "system")]
    kept = tuple(part for part in parts if not (isinstance(part, Text) and not part.text))
    return (Message(role="system", parts=kept, place="system"),) if kept else ()


def _without_billing(part: Part) -> Part:
    if isinstance(part, Text) and part.text.startswith("x-anthropic-billing-header:"):
        return msgspec.structs.replace(part, text=_BILLING.sub("", part.text))
    return part


def _messages(fields: Fields) -> tuple[Message, ...]:
    found = tuple(_message(message) for message in fields.objects("messages"))
    if not found:
        raise BadRequest("`messages` must have at least one message.", code="missing_required_parameter", param="messages")
    return found


def _message(message: Fields) -> Message:
    match message.text("role"):
        case "user" | "assistant" | "system" as role:
            return Message(role=role, parts=read_blocks(message, "content"), place=message.place, extras=message.rest(NAME))
        case other:
            place = message.at("role")
            raise BadRequest(f"`{place}` cannot be {other!r}.", code="invalid_value", param=place)


def _reasoning(thinking: Fields | None, effort: str | None) -> Reasoning | None:
    if thinking is None:
        return None if effort is None else Reasoning(effort=effort)
    kind, display = thinking.text("type"), thinking.text("display")
    return Reasoning(
        enabled=kind != "disabled",
        adaptive=kind == "adaptive",
        effort=effort,
        budget=thinking.integer("budget_tokens"),
        show=None if display is None else "none" if display == "omitted" else "auto",
    )
