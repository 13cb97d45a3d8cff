"""From a canonical request to a chat completion's."""

from typing import Any

from pipeline.json_object import JsonObject
from providers.canonical import Reasoning, Request, ResponseFormat
from providers.formats.codec import Destination, Written
from providers.formats.openai_chat import models
from providers.formats.openai_chat.effort import effort
from providers.formats.openai_chat.name import NAME
from providers.formats.openai_chat.write_messages import MessageWriter
from providers.formats.openai_chat.write_tools import ToolWriter
from providers.formats.tool_names import ToolNames, fitting
from providers.formats.unsupported import refuse_previous

TOOL_NAME_LIMIT = 64
USER_LIMIT = 64

_SAMPLED = ("temperature", "top_p", "frequency_penalty", "presence_penalty", "logit_bias")


class _Body:
    """The members so far, in the order they are written; None is left out."""

    def __init__(self) -> None:
        self.members: dict[str, Any] = {}
        self.dropped: list[str] = []

    def put(self, name: str, value: Any) -> None:
        if value is not None:
            self.members[name] = value

    def drop(self, name: str, value: Any) -> None:
        if value is not None and value != ():
            self.dropped.append(name)


def write_request(request: Request, to: Destination) -> Written:
    names = ToolNames(request, TOOL_NAME_LIMIT)
    tools = ToolWriter(request, to, names)
    messages = MessageWriter(names, thoughts=to.vendor.takes_thoughts)
    body = _Body()
    body.put("model", to.model)
    body.put("messages", messages.write(request.messages))
    body.put("stream", request.stream or None)
    body.members.update(tools.members())
    body.put(to.vendor.max_output_name, request.max_output)
    _sampling(body, request, reasons=models.reasons(to.model))
    _reasoning(body, request.reasoning, to.model)
    body.put("response_format", _response_format(request.response_format))
    body.put("verbosity", request.verbosity)
    body.put("user", None if request.user is None else fitting(request.user, USER_LIMIT))
    body.put("prompt_cache_key", request.cache_key)
    body.put("service_tier", models.tier(request.service_tier))
    body.put("modalities", request.modalities or None)
    body.put("audio", request.audio)
    body.put("prediction", request.prediction)
    body.put("metadata", request.metadata or None)
    body.put("store", request.store if request.metadata else None)
    refuse_previous(request)
    extras = request.extras
    if extras is not None:
        body.members.update(extras.of(NAME))
        body.dropped += () if extras.owner == NAME else extras.members
    dropped = (*body.dropped, *messages.dropped)
    return Written(JsonObject.of(body.members), dropped, names=names.changed, wrapped=tools.wrapped)


def _sampling(body: _Body, request: Request, *, reasons: bool) -> None:
    sampling = request.sampling
    choose = body.drop if reasons else body.put
    for name in _SAMPLED:
        choose(name, getattr(sampling, name))
    choose("logprobs", sampling.logprobs or None)
    choose("top_logprobs", sampling.top_logprobs)
    choose("stop", sampling.stop[: models.STOPS] or None)
    if len(sampling.stop) > models.STOPS:
        body.drop(f"stop[{models.STOPS}:]", sampling.stop)
    body.put("seed", sampling.seed)
    body.put("n", sampling.n)
    # vLLM and its like know these; OpenAI refuses the whole request for one of them.
    extended = body.put if request.owner == NAME else body.drop
    for name in ("top_k", "min_p", "repetition_penalty"):
        extended(name, getattr(sampling, name))


def _reasoning(body: _Body, reasoning: Reasoning | None, model: str) -> None:
    if reasoning is None:
        return
    if not models.reasons(model):
        body.drop("reasoning", None if reasoning.enabled is False else reasoning)
    else:
        body.put("reasoning_effort", effort(reasoning, model))


def _response_format(wanted: ResponseFormat | None) -> Any:
    if wanted is None or wanted.kind == "text":
        return None
    if wanted.kind == "json":
        return {"type": "json_object"}
    schema = {
        "name": fitting(wanted.name or "response", TOOL_NAME_LIMIT),
        "description": wanted.description,
        "schema": wanted.schema,
        "strict": wanted.strict,
    }
    return {"type": "json_schema", "json_schema": {name: value for name, value in schema.items() if value is not None}}
