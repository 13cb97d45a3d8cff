"""From a canonical request to a generateContent's."""

from collections.abc import Mapping
from typing import Any

import msgspec

from pipeline.json_object import JsonObject
from providers.canonical import Reasoning, Request, ResponseFormat, ToolCall
from providers.formats.codec import Destination, Written
from providers.formats.gemini import models
from providers.formats.gemini.name import NAME
from providers.formats.gemini.read_request import JSON
from providers.formats.gemini.write_contents import ContentWriter, leading
from providers.formats.gemini.write_parts import PartWriter
from providers.formats.gemini.write_schema import plain, reduced
from providers.formats.gemini.write_tools import ToolWriter
from providers.formats.tool_names import ToolNames
from providers.formats.unsupported import refuse_previous

TOOL_NAME_LIMIT = 64

JSON_ONLY = "Answer with one JSON value, and nothing before or after it."
"""For models that cannot be held to it while they have tools."""

_SAMPLED = {"temperature": "temperature", "top_p": "topP", "top_k": "topK", "seed": "seed", "n": "candidateCount"}
_PENALTIES = {"frequency_penalty": "frequencyPenalty", "presence_penalty": "presencePenalty"}
_UNKNOWN = ("min_p", "repetition_penalty", "logit_bias")
_TIERS = {
    "auto": None,
    "default": "standard",
    "standard": "standard",
    "standard_only": "standard",
    "flex": "flex",
    "priority": "priority",
}


class _Config:
    """`generationConfig` so far, and what of the request it has no place for."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.members: dict[str, Any] = {}
        self.dropped: list[str] = []

    def put(self, name: str, value: Any) -> None:
        if value is not None:
            self.members[name] = value

    def drop(self, name: str, value: Any) -> None:
        if value:
            self.dropped.append(name)


def write_request(request: Request, to: Destination) -> Written:
    refuse_previous(request)
    own = request.owner == NAME
    names = ToolNames(request, TOOL_NAME_LIMIT)
    tools, parts = ToolWriter(request, to.model, names), PartWriter(names, to.model, _called(request), own=own)
    system, rest = leading(request.messages)
    config = _Config(to.model)
    wanted = request.response_format
    if wanted is not None and wanted.kind != "text" and request.tools and not own and not models.takes_tools_with_json(to.model):
        system.append({"text": _json_instruction(wanted)})
        wanted = None
    body: dict[str, Any] = {"systemInstruction": {"parts": system}} if system else {}
    body["contents"] = ContentWriter(parts, to.model, own=own).write(rest)
    body |= tools.members()
    _fill(config, request, wanted)
    if config.members:
        body["generationConfig"] = config.members
    _rest(body, request, config)
    dropped = (*config.dropped, *tools.dropped, *parts.dropped)
    return Written(JsonObject.of(body), dropped, names=names.changed, wrapped=tools.wrapped)


def _called(request: Request) -> dict[str, str]:
    return {part.id: part.name for message in request.messages for part in message.parts if isinstance(part, ToolCall)}


def _fill(config: _Config, request: Request, wanted: ResponseFormat | None) -> None:
    sampling = request.sampling
    for name, own in _SAMPLED.items():
        config.put(own, getattr(sampling, name))
    for name, own in _PENALTIES.items():
        (config.put if models.takes_penalties(config.model) else _dropping(config, name))(own, getattr(sampling, name))
    for name in _UNKNOWN:
        config.drop(name, getattr(sampling, name))
    config.put("maxOutputTokens", request.max_output)
    config.put("stopSequences", sampling.stop[: models.STOPS] or None)
    config.drop(f"stop[{models.STOPS}:]", sampling.stop[models.STOPS :])
    config.put("responseLogprobs", sampling.logprobs or None)
    config.put("logprobs", sampling.top_logprobs)
    config.put("responseModalities", [word.upper() for word in request.modalities] or None)
    _speech(config, request.audio)
    _thinking(config, request.reasoning, "none" if request.owner == NAME else "auto")
    _response_format(config, wanted)


def _dropping(config: _Config, name: str) -> Any:
    return lambda _, value: config.drop(name, value is not None)


def _speech(config: _Config, audio: msgspec.Raw | None) -> None:
    """The form of what is spoken cannot be chosen."""
    voice = msgspec.json.decode(audio, type=dict[str, Any]).get("voice") if audio is not None else None
    if isinstance(voice, str):
        config.put("speechConfig", {"voiceConfig": {"prebuiltVoiceConfig": {"voiceName": voice}}})


def _thinking(config: _Config, reasoning: Reasoning | None, unasked: str) -> None:
    """`unasked`: whether thoughts are shown to who did not say; other vendors show them."""
    if reasoning is None:
        return
    if not models.thinks(config.model):
        config.drop("reasoning", reasoning.enabled is not False)
        return
    found: dict[str, Any] = {}
    if models.generation(config.model) >= (3, 0):
        if (level := models.level(reasoning, config.model)) is not None:
            found["thinkingLevel"] = level
    elif (budget := models.budget(reasoning, config.model)) is not None:
        found["thinkingBudget"] = budget
    if reasoning.enabled is not False and (reasoning.show or unasked) != "none":
        found["includeThoughts"] = True
    config.put("thinkingConfig", found or None)


def _response_format(config: _Config, wanted: ResponseFormat | None) -> None:
    if wanted is None or wanted.kind == "text":
        return
    config.put("responseMimeType", JSON)
    if wanted.schema is not None:
        takes = models.takes_json_schema(config.model)
        config.put("responseJsonSchema" if takes else "responseSchema", (plain if takes else reduced)(wanted.schema))


def _json_instruction(wanted: ResponseFormat) -> str:
    schema = "" if wanted.schema is None else f" It must match this JSON Schema:\n{bytes(wanted.schema).decode()}"
    return JSON_ONLY + schema


def _rest(body: dict[str, Any], request: Request, config: _Config) -> None:
    if (tier := _TIERS.get(request.service_tier or "", "")) == "":
        config.drop("service_tier", request.service_tier)
    elif tier is not None:
        body["serviceTier"] = tier
    own = request.owner == NAME
    if own and request.metadata:
        body["labels"] = request.metadata
    if own and request.store is not None:
        body["store"] = request.store
    names = ("verbosity", "user", "cache_key", "prediction") + (() if own else ("metadata", "store"))
    for name in names:
        config.drop(name, getattr(request, name))
    config.drop("parallel_tool_calls", request.parallel_tools is False)
    if request.extras is not None:
        _merge(body, request.extras.of(NAME))
        config.dropped += () if request.extras.owner == NAME else request.extras.members


def _merge(body: dict[str, Any], members: Mapping[str, msgspec.Raw]) -> None:
    """Each at its path."""
    for path, value in members.items():
        *above, name = path.split(".")
        place = body
        for step in above:
            place = place.setdefault(step, {})
        place.setdefault(name, value)
