"""From a chat completion's request to the canonical one. https://platform.openai.com/docs/api-reference/chat/create

Members of other vendors' dialects are read where they have a canonical meaning: `top_k`, `min_p`, `repetition_penalty` (vLLM),
`reasoning` (OpenRouter), `thinking` (DeepSeek, Zhipu), `reasoning_content` on messages.
"""

from pipeline.errors import BadRequest
from pipeline.json_object import JsonObject
from providers.canonical import Reasoning, Request, ResponseFormat, Sampling
from providers.formats.fields import Fields
from providers.formats.openai_chat.name import NAME
from providers.formats.openai_chat.read_messages import read_messages
from providers.formats.openai_chat.read_tools import read_tool_choice, read_tools


def read_request(body: JsonObject, model: str, *, stream: bool) -> Request:
    fields = Fields.of(bytes(body.encode()))
    fields.raw("model")
    fields.raw("stream")
    options = fields.object("stream_options")
    limit, old_limit = fields.integer("max_completion_tokens"), fields.integer("max_tokens")
    user, safety_identifier = fields.text("user"), fields.text("safety_identifier")
    audio = fields.raw("audio")
    tools = read_tools(fields)
    return Request(
        owner=NAME,
        model=model,
        messages=read_messages(fields),
        stream=stream,
        include_usage=options is not None and options.flag("include_usage") is True,
        tools=tools,
        tool_choice=read_tool_choice(fields),
        parallel_tools=fields.flag("parallel_tool_calls"),
        max_output=old_limit if limit is None else limit,
        sampling=_sampling(fields),
        reasoning=_reasoning(fields),
        response_format=_response_format(fields.object("response_format")),
        verbosity=fields.text("verbosity"),
        user=safety_identifier or user,
        cache_key=fields.text("prompt_cache_key"),
        metadata=fields.strings("metadata"),
        service_tier=fields.text("service_tier"),
        store=fields.flag("store"),
        modalities=fields.texts("modalities"),
        audio=audio,
        prediction=fields.raw("prediction"),
        extras=fields.rest(NAME),
    )


def _sampling(fields: Fields) -> Sampling:
    return Sampling(
        temperature=fields.number("temperature"),
        top_p=fields.number("top_p"),
        top_k=fields.integer("top_k"),
        min_p=fields.number("min_p"),
        frequency_penalty=fields.number("frequency_penalty"),
        presence_penalty=fields.number("presence_penalty"),
        repetition_penalty=fields.number("repetition_penalty"),
        logit_bias=fields.raw("logit_bias"),
        seed=fields.integer("seed"),
        n=fields.integer("n"),
        stop=fields.texts("stop"),
        logprobs=fields.flag("logprobs") is True,
        top_logprobs=fields.integer("top_logprobs"),
    )


def _reasoning(fields: Fields) -> Reasoning | None:
    effort, router, thinking = fields.text("reasoning_effort"), fields.object("reasoning"), fields.object("thinking")
    if thinking is not None:
        enabled = {"enabled": True, "disabled": False}.get(thinking.text("type") or "")
        return Reasoning(enabled=enabled, budget=thinking.integer("budget_tokens"), effort=effort)
    if router is not None:
        effort = router.text("effort") or effort
        budget, enabled = router.integer("max_tokens"), router.flag("enabled")
        return Reasoning(enabled=False if effort == "none" else enabled, effort=effort, budget=budget)
    return None if effort is None else Reasoning(enabled=False if effort == "none" else None, effort=effort)


def _response_format(fields: Fields | None) -> ResponseFormat | None:
    if fields is None:
        return None
    match fields.text("type"):
        case "text":
            return ResponseFormat(kind="text")
        case "json_object":
            return ResponseFormat(kind="json")
        case "json_schema" if (schema := fields.object("json_schema")) is not None:
            return ResponseFormat(
                kind="json_schema",
                name=schema.text("name"),
                description=schema.text("description"),
                schema=schema.raw("schema"),
                strict=schema.flag("strict"),
            )
        case other:
            place = fields.at("type")
            raise BadRequest(f"`{place}` cannot be {other!r}.", code="invalid_value", param=place)
