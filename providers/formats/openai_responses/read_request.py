"""From a response's request to the canonical one. https://platform.openai.com/docs/api-reference/responses/create"""

import msgspec

from pipeline.errors import BadRequest
from pipeline.json_object import JsonObject
from providers.canonical import Extras, Message, Reasoning, Request, ResponseFormat, Sampling, Text
from providers.formats.fields import Fields, kind
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.read_items import read_items
from providers.formats.openai_responses.read_tools import read_tool_choice, read_tools

INSTRUCTIONS = "instructions"
"""The place of the message that `instructions` is."""

LOGPROBS = "message.output_text.logprobs"
ENCRYPTED = "reasoning.encrypted_content"

_ELSEWHERE = {
    "prompt": "a prompt that is kept at one vendor",
    "conversation": "a conversation that is kept at one vendor",
}

_SHOWN = {"auto": "auto", "concise": "concise", "detailed": "detailed"}


def read_request(body: JsonObject, model: str, *, stream: bool) -> Request:
    fields = Fields.of(bytes(body.encode()))
    for name in ("model", "stream", "stream_options"):
        fields.raw(name)
    _refuse(fields)
    included = fields.texts("include")
    user, safety_identifier = fields.text("user"), fields.text("safety_identifier")
    text = fields.object("text") or Fields({}, "text")
    reasoning = fields.object("reasoning") or Fields({}, "reasoning")
    top_logprobs = fields.integer("top_logprobs")
    request = Request(
        owner=NAME,
        model=model,
        messages=_messages(fields),
        stream=stream,
        include_usage=True,
        tools=read_tools(fields),
        tool_choice=read_tool_choice(fields),
        parallel_tools=fields.flag("parallel_tool_calls"),
        max_output=fields.integer("max_output_tokens"),
        sampling=Sampling(
            temperature=fields.number("temperature"),
            top_p=fields.number("top_p"),
            logprobs=LOGPROBS in included or bool(top_logprobs),
            top_logprobs=top_logprobs or None,
        ),
        reasoning=_reasoning(reasoning),
        response_format=_response_format(text.object("format")),
        verbosity=text.text("verbosity"),
        user=safety_identifier or user,
        cache_key=fields.text("prompt_cache_key"),
        metadata=fields.strings("metadata"),
        service_tier=fields.text("service_tier"),
        store=fields.flag("store"),
        previous=fields.text("previous_response_id"),
    )
    more = {"include": [word for word in included if word not in (LOGPROBS, ENCRYPTED)]}
    return msgspec.structs.replace(request, extras=_extras(fields, more, {"text": text, "reasoning": reasoning}))


def _refuse(fields: Fields) -> None:
    """What changes the answer and has no counterpart, where leaving it out would be a lie."""
    for name, what in _ELSEWHERE.items():
        if fields.raw(name) is not None:
            raise BadRequest(
                f"`{name}` names {what}, which the vendors that serve this model cannot see.",
                code="unsupported_parameter",
                param=name,
            )
    if fields.flag("background"):
        raise BadRequest("`background` is not supported here.", code="unsupported_parameter", param="background")


def _messages(fields: Fields) -> tuple[Message, ...]:
    instructions, given = fields.raw(INSTRUCTIONS), fields.raw("input")
    found: tuple[Message, ...] = ()
    if instructions is not None and kind(instructions) == b"[":
        found = read_items(instructions, INSTRUCTIONS)
    elif instructions is not None and (text := Fields({INSTRUCTIONS: instructions}).text(INSTRUCTIONS)):
        found = (Message(role="system", parts=(Text(text),), place=INSTRUCTIONS),)
    found += () if given is None else read_items(given, "input")
    if not found:
        raise BadRequest("`input` must have at least one item.", code="missing_required_parameter", param="input")
    return found


def _reasoning(fields: Fields) -> Reasoning | None:
    effort, show = fields.text("effort"), fields.text("summary") or fields.text("generate_summary")
    if effort is None and show is None:
        return None
    return Reasoning(
        enabled=False if effort == "none" else None,
        effort=effort,
        show=_SHOWN.get(show or "", "auto") if show is not None else None,  # type: ignore[arg-type]
    )


def _response_format(fields: Fields | None) -> ResponseFormat | None:
    if fields is None:
        return None
    match fields.text("type"):
        case "text":
            return ResponseFormat(kind="text")
        case "json_object":
            return ResponseFormat(kind="json")
        case "json_schema":
            return ResponseFormat(
                kind="json_schema",
                name=fields.required_text("name"),
                description=fields.text("description"),
                schema=fields.raw("schema"),
                strict=fields.flag("strict"),
            )
        case other:
            place = fields.at("type")
            raise BadRequest(f"`{place}` cannot be {other!r}.", code="invalid_value", param=place)


_DEFAULTS = {"truncation": b'"disabled"', "include": b"[]"}
"""Said or not said, they mean the same: no other format drops anything with them."""


def _extras(fields: Fields, more: dict[str, list[str]], nested: dict[str, Fields]) -> Extras | None:
    """The rest; that of an inner object under `object.member`."""
    found = {name: msgspec.Raw(msgspec.json.encode(value)) for name, value in more.items()}
    for prefix, inner in nested.items():
        if (rest := inner.rest(NAME)) is not None:
            found |= {f"{prefix}.{name}": value for name, value in rest.members.items()}
    if (rest := fields.rest(NAME)) is not None:
        found |= rest.members
    kept = {name: raw for name, raw in found.items() if kind(raw) != b"n" and bytes(raw) != _DEFAULTS.get(name)}
    return Extras(NAME, kept) if kept else None
