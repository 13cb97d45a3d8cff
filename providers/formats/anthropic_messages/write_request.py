"""From a canonical request to a message's."""

from typing import Any

from pipeline.errors import BadRequest
from pipeline.json_object import JsonObject
from providers.canonical import Request, ResponseFormat, Sampling
from providers.formats.anthropic_messages import models
from providers.formats.anthropic_messages.name import NAME
from providers.formats.anthropic_messages.schema import reduced
from providers.formats.anthropic_messages.thinking import write_thinking
from providers.formats.anthropic_messages.write_blocks import Block, BlockWriter, cache_control
from providers.formats.anthropic_messages.write_messages import write_messages, write_system
from providers.formats.anthropic_messages.write_tools import ToolWriter
from providers.formats.codec import Destination, Written
from providers.formats.tool_names import ToolNames, fitting
from providers.formats.unsupported import refuse_previous

TOOL_NAME_LIMIT = 128
USER_LIMIT = 256

JSON_ONLY = "Answer with one JSON object, and nothing before or after it."
"""What `json_object` is without a schema, for which there is no member."""

_TIERS = {"auto": "auto", "default": "standard_only", "standard": "standard_only", "standard_only": "standard_only"}

_UNKNOWN = (
    "min_p", "frequency_penalty", "presence_penalty", "repetition_penalty", "logit_bias", "seed", "top_logprobs",
)  # fmt: skip


def write_request(request: Request, to: Destination) -> Written:
    sampling = request.sampling
    if (sampling.n or 1) > 1:
        raise BadRequest("`n`: the vendors serving this model give one answer at a time.", code="unsupported_value", param="n")
    refuse_previous(request)
    names = ToolNames(request, TOOL_NAME_LIMIT)
    tools, blocks = ToolWriter(request, names), BlockWriter(names)
    max_tokens = request.max_output or models.most_output(to.model)
    thinking, effort, quiet = write_thinking(request, to.model, max_tokens, forced=tools.forced)
    thinks = thinking is not None and thinking["type"] != "disabled"
    body: dict[str, Any] = {"model": to.model, "max_tokens": max_tokens}
    system, rest = write_system(request.messages)
    system += _json_instruction(request.response_format)
    if system:
        body["system"] = system
    body["messages"] = write_messages(rest, blocks)
    body |= tools.members()
    if request.stream:
        body["stream"] = True
    if thinking is not None:
        body["thinking"] = thinking
    body |= _output_config(effort, request.response_format)
    dropped = _sampling(body, sampling, to.model, thinks=thinks) + (["reasoning"] if quiet else [])
    dropped += _rest(body, request) + blocks.dropped
    return Written(JsonObject.of(body), tuple(dropped), names=names.changed, wrapped=tools.wrapped)


def _json_instruction(wanted: ResponseFormat | None) -> list[Block]:
    return [{"type": "text", "text": JSON_ONLY}] if wanted is not None and wanted.kind == "json" else []


def _output_config(effort: str | None, wanted: ResponseFormat | None) -> dict[str, Any]:
    found: dict[str, Any] = {} if effort is None else {"effort": effort}
    if wanted is not None and wanted.kind == "json_schema" and wanted.schema is not None:
        found["format"] = {"type": "json_schema", "schema": reduced(wanted.schema)}
    return {"output_config": found} if found else {}


def _sampling(body: dict[str, Any], sampling: Sampling, model: str, *, thinks: bool) -> list[str]:
    """The names of what this model does not take."""
    dropped = [name for name in _UNKNOWN if getattr(sampling, name) is not None]
    dropped += ["logprobs"] if sampling.logprobs else []
    taken = {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": sampling.top_k}
    if not models.takes_sampling(model):
        refused = {"temperature", "top_p", "top_k"}
    elif thinks:
        refused = {"temperature", "top_k"}
    elif models.takes_one_of_temperature_and_top_p(model) and sampling.temperature is not None:
        refused = {"top_p"}
    else:
        refused = set()
    for name, value in taken.items():
        if value is None:
            continue
        if name in refused:
            dropped.append(name)
        else:
            body[name] = min(value, 1.0) if name == "temperature" else value
    # An entry of white space alone is a 400.
    if stop := [text for text in sampling.stop if text.strip()]:
        body["stop_sequences"] = stop
    return dropped


def _rest(body: dict[str, Any], request: Request) -> list[str]:
    if request.user is not None:
        body["metadata"] = {"user_id": fitting(request.user, USER_LIMIT)}
    if request.cache is not None:
        body["cache_control"] = cache_control(request.cache)
    dropped = [name for name in ("verbosity", "cache_key", "metadata", "store", "audio", "prediction") if getattr(request, name)]
    if request.modalities and request.modalities != ("text",):
        dropped.append("modalities")
    if request.service_tier is not None:
        if (tier := _TIERS.get(request.service_tier)) is None:
            dropped.append("service_tier")
        else:
            body["service_tier"] = tier
    if request.extras is not None:
        body |= request.extras.of(NAME)
        dropped += () if request.extras.owner == NAME else request.extras.members
    return dropped
