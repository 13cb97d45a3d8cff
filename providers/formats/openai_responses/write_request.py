"""From a canonical request to a response's."""

from typing import Any

import msgspec

from pipeline.errors import BadRequest
from pipeline.json_object import JsonObject
from providers.canonical import Reasoning, Request, ResponseFormat, Sampling
from providers.formats.codec import Destination, Written
from providers.formats.openai_chat import models
from providers.formats.openai_chat.effort import effort
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.namespaces import split_names
from providers.formats.openai_responses.read_request import ENCRYPTED, LOGPROBS
from providers.formats.openai_responses.write_items import ItemWriter, write_instructions
from providers.formats.openai_responses.write_tools import ToolWriter
from providers.formats.tool_names import ToolNames, fitting

TOOL_NAME_LIMIT = 64
USER_LIMIT = 64
LEAST_OUTPUT = 16
"""OpenAI refuses less; Claude Code asks for 1 to see whether a model is there."""

_UNKNOWN = (
    "top_k", "min_p", "frequency_penalty", "presence_penalty", "repetition_penalty", "logit_bias", "seed", "n",
)  # fmt: skip

_SUMMARIES = {"auto": "auto", "concise": "concise", "detailed": "detailed"}


def write_request(request: Request, to: Destination) -> Written:
    """What comes in another format is not to be kept by the vendor: its caller has no way to ask for that, nor to undo it."""
    own = request.owner == NAME
    names = ToolNames(request, TOOL_NAME_LIMIT)
    items = ItemWriter(names, split_names(request.tools) if own else {}, kept=own)
    tools = ToolWriter(None if own else names)
    instructions, messages = write_instructions(request.messages)
    found: dict[str, Any] = {"model": to.model, "instructions": instructions, "input": items.write(messages)}
    if request.tools:
        found["tools"] = tools.tools(request.tools)
        found["tool_choice"] = tools.choice(request.tool_choice, request.tools) if request.tool_choice is not None else None
        found["parallel_tool_calls"] = request.parallel_tools
    found["stream"] = request.stream or None
    found["store"] = request.store if own else False
    found["previous_response_id"] = request.previous
    found["max_output_tokens"] = None if request.max_output is None else max(request.max_output, LEAST_OUTPUT)
    reasons = models.reasons(to.model)
    dropped = _sampling(found, request.sampling, reasons=reasons)
    found["include"] = _included(request, reasons=reasons and not own) or None
    _reasoning(found, dropped, request.reasoning, to.model)
    found["text"] = _text(request.response_format, request.verbosity) or None
    found["safety_identifier"] = None if request.user is None else fitting(request.user, USER_LIMIT)
    found["prompt_cache_key"] = request.cache_key
    found["metadata"] = request.metadata or None
    found["service_tier"] = models.tier(request.service_tier)
    dropped += _rest(found, request)
    body = JsonObject.of({name: value for name, value in found.items() if value is not None})
    return Written(body, (*dropped, *items.dropped, *tools.dropped), names=names.changed)


def _sampling(found: dict[str, Any], sampling: Sampling, *, reasons: bool) -> list[str]:
    """The names of what this model does not take."""
    dropped = [name for name in _UNKNOWN if getattr(sampling, name) is not None]
    dropped += ["stop"] if sampling.stop else []
    for name in ("temperature", "top_p", "top_logprobs"):
        value = getattr(sampling, name)
        if reasons and value is not None:
            dropped.append(name)
        else:
            found[name] = value
    return dropped


def _included(request: Request, *, reasons: bool) -> list[str]:
    """A model that does not reason refuses to be asked for its thoughts."""
    return [*([LOGPROBS] if request.sampling.logprobs else []), *([ENCRYPTED] if reasons else [])]


def _reasoning(found: dict[str, Any], dropped: list[str], reasoning: Reasoning | None, model: str) -> None:
    if reasoning is None:
        return
    if not models.reasons(model):
        dropped += [] if reasoning.enabled is False else ["reasoning"]
        return
    said = {"effort": effort(reasoning, model), "summary": _SUMMARIES.get(reasoning.show or "")}
    found["reasoning"] = {name: word for name, word in said.items() if word is not None} or None


def _text(wanted: ResponseFormat | None, verbosity: str | None) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if wanted is not None:
        found["format"] = write_format(wanted)
    if verbosity is not None:
        found["verbosity"] = verbosity
    return found


def write_format(wanted: ResponseFormat) -> dict[str, Any]:
    if wanted.kind != "json_schema":
        return {"type": "json_object" if wanted.kind == "json" else "text"}
    schema = {
        "type": "json_schema",
        "name": fitting(wanted.name or "response", TOOL_NAME_LIMIT),
        "description": wanted.description,
        "schema": wanted.schema,
        "strict": wanted.strict,
    }
    return {name: value for name, value in schema.items() if value is not None}


def _rest(found: dict[str, Any], request: Request) -> list[str]:
    """Puts back what is this format's own; the names of what is another's."""
    if request.audio is not None or (request.modalities and request.modalities != ("text",)):
        raise BadRequest(
            "`modalities`: the vendors that serve this model answer in text alone.",
            code="unsupported_parameter",
            param="modalities",
        )
    dropped = [name for name in ("cache", "prediction") if getattr(request, name) is not None]
    extras = request.extras
    if extras is None:
        return dropped
    for name, value in extras.of(NAME).items():
        outer, _, inner = name.partition(".")
        if inner:
            found[outer] = {**(found.get(outer) or {}), inner: value}
        elif name == "include":
            found["include"] = [*(found["include"] or []), *msgspec.json.decode(value, type=list[str])]
        else:
            found[name] = value
    return dropped if extras.owner == NAME else [*dropped, *extras.members]
