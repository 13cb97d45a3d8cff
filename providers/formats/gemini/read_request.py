"""From a generateContent request to the canonical one. https://ai.google.dev/api/generate-content

What has no place there stays in `extras` under its path in the body, `generationConfig.mediaResolution` say.
"""

from typing import Any

import msgspec

from pipeline.json_object import JsonObject
from providers.canonical import Extras, Reasoning, Request, ResponseFormat, Sampling
from providers.formats.gemini.json_schema import read_schema
from providers.formats.gemini.name import NAME
from providers.formats.gemini.proto_fields import ProtoFields
from providers.formats.gemini.read_contents import read_contents
from providers.formats.gemini.read_tools import read_tool_choice, read_tools

JSON = "application/json"

_TIERS = {"standard": "default"}


def read_request(body: JsonObject, model: str, *, stream: bool) -> Request:
    fields = ProtoFields.of(bytes(body.encode()))
    fields.raw("model")
    config = fields.object("generationConfig") or ProtoFields({}, "generationConfig")
    choice, kept = read_tool_choice(fields.object("toolConfig"))
    tier = (fields.text("serviceTier") or "").lower().removeprefix("service_tier_") or None
    form, modalities = _response_format(config), tuple(word.lower() for word in config.texts("responseModalities"))
    request = Request(
        owner=NAME,
        model=model,
        messages=read_contents(fields),
        stream=stream,
        include_usage=True,
        tools=read_tools(fields),
        tool_choice=choice,
        max_output=config.integer("maxOutputTokens"),
        sampling=_sampling(config),
        reasoning=_reasoning(config.object("thinkingConfig")),
        response_format=form,
        metadata=fields.strings("labels"),
        service_tier=_TIERS.get(tier or "", tier),
        store=fields.flag("store"),
        modalities=modalities,
        audio=_audio(config, stream=stream),
    )
    for part in (config, fields):
        rest = part.rest(NAME)
        if rest is not None:
            kept.update((part.at(name), raw) for name, raw in rest.members.items() if bytes(raw) not in _NOTHING)
    return msgspec.structs.replace(request, extras=Extras(NAME, kept) if kept else None)


_NOTHING = (b"null", b"[]", b"{}")
"""Some clients write out every member that they know."""


def _sampling(config: ProtoFields) -> Sampling:
    return Sampling(
        temperature=config.number("temperature"),
        top_p=config.number("topP"),
        top_k=config.integer("topK"),
        frequency_penalty=config.number("frequencyPenalty"),
        presence_penalty=config.number("presencePenalty"),
        seed=config.integer("seed"),
        n=config.integer("candidateCount"),
        stop=config.texts("stopSequences"),
        logprobs=config.flag("responseLogprobs") is True,
        top_logprobs=config.integer("logprobs"),
    )


def _reasoning(thinking: ProtoFields | None) -> Reasoning | None:
    if thinking is None:
        return None
    budget, level, shown = thinking.integer("thinkingBudget"), thinking.word("thinkingLevel"), thinking.flag("includeThoughts")
    return Reasoning(
        enabled=False if budget == 0 else None if budget is None and level is None else True,
        adaptive=budget is not None and budget < 0,
        effort=None if level is None else level.lower(),
        budget=budget if budget is not None and budget > 0 else None,
        show=None if shown is None else "auto" if shown else "none",
    )


def _response_format(config: ProtoFields) -> ResponseFormat | None:
    """A choice of words (`text/x.enum`) is no JSON, and stays Gemini's own."""
    kind = config.text("responseMimeType")
    if kind is None or kind == "text/plain":
        return None
    if kind != JSON:
        config.give_back("responseMimeType", kind)
        return None
    schema, json_schema = config.raw("responseSchema"), config.raw("responseJsonSchema")
    found = json_schema if schema is None else read_schema(schema)
    return ResponseFormat(kind="json") if found is None else ResponseFormat(kind="json_schema", schema=found)


def _audio(config: ProtoFields, *, stream: bool) -> msgspec.Raw | None:
    """OpenAI's form of it, for one voice. Its streams know no other format than plain samples."""
    speech: Any = config.value("speechConfig")
    match speech:
        case {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": str() as voice}}} if len(speech) == 1:
            return msgspec.Raw(msgspec.json.encode({"voice": voice, "format": "pcm16" if stream else "wav"}))
        case None:
            return None
        case _:
            config.give_back("speechConfig", speech)
            return None
