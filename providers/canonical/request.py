"""A caller's request, whatever format it came in."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from providers.canonical.opaque import Extras
from providers.canonical.parts import CacheMark, Part
from providers.canonical.tools import Tool, ToolChoice

Role = Literal["system", "developer", "user", "assistant"]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """One turn, or one of several in a row by the same role: readers keep them apart, writers merge where they must.

    Instructions are messages of role `system` in their place: A's `system`, G's `systemInstruction` and R's `instructions` are
    the first. `developer` is C's and R's word for the same. Tool results are parts of `user` messages: C's `tool` messages are
    one each. R's items become messages by role; a reasoning item is a part of the assistant's message that follows.
    `place` is where the caller wrote it (`messages[3]`), for errors. `name` is C's.
    """

    role: Role
    parts: tuple[Part, ...]
    name: str | None = None
    place: str = ""
    extras: Extras | None = None


class Reasoning(msgspec.Struct, frozen=True, kw_only=True):
    """How much the model shall think. All None: as it likes.

    C: `reasoning_effort`. R: `reasoning.effort`, `.summary`. A: `thinking` (`enabled` with `budget` in tokens, `adaptive`,
    `disabled`) and `output_config.effort`. G: `thinkingConfig` (`thinkingBudget`, 0 is off and -1 `adaptive`; `thinkingLevel`).
    `effort` is C's word (`none` is `enabled` False). `show`: C none; R `summary`; A `display`; G `includeThoughts`.
    """

    enabled: bool | None = None
    adaptive: bool = False
    effort: str | None = None
    budget: int | None = None
    show: Literal["none", "auto", "concise", "detailed"] | None = None


class Sampling(msgspec.Struct, frozen=True, kw_only=True):
    """The knobs of choosing tokens, under C's names. A writer that has no such knob drops it and says so.

    A: `temperature` (0 to 1), `top_p`, `top_k`, `stop_sequences`. R: `temperature`, `top_p`, `top_logprobs`; no `stop`. G: all
    but `logit_bias`, in `generationConfig`.
    """

    temperature: float | None = None
    top_p: float | None = None
    top_k: int | None = None
    min_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    repetition_penalty: float | None = None
    logit_bias: msgspec.Raw | None = None
    seed: int | None = None
    n: int | None = None
    stop: tuple[str, ...] = ()
    logprobs: bool = False
    top_logprobs: int | None = None


class ResponseFormat(msgspec.Struct, frozen=True, kw_only=True):
    """`json`: any JSON object. C: `response_format`. R: `text.format`. A: `output_config.format` (a schema only). G:
    `responseMimeType` and `responseJsonSchema`. `schema` is JSON Schema, as its bytes came."""

    kind: Literal["text", "json", "json_schema"]
    name: str | None = None
    description: str | None = None
    schema: msgspec.Raw | None = None
    strict: bool | None = None


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """`owner` is the format that it was read from. `model` is the one the caller wrote; a writer is told the target's own.

    max_output            C: `max_completion_tokens`, `max_tokens`; R: `max_output_tokens`; A: `max_tokens`, required;
                          G: `maxOutputTokens`
    parallel_tools        C, R: `parallel_tool_calls`; A: not `tool_choice.disable_parallel_tool_use`; G: none
    user                  C, R: `safety_identifier`, else `user`; A: `metadata.user_id`; G: `labels`
    cache_key             C, R: `prompt_cache_key`; others: none
    cache                 A: the top-level `cache_control`; C's and R's `prompt_cache_options` are extras
    metadata              C, R, B: string pairs; G: `labels`; A: none
    service_tier          as the caller wrote it; each writer knows its own words (C, R: `auto default flex priority …`; A:
                          `auto standard_only`; G: `standard flex priority`)
    modalities, audio     C: what an answer is made of, and `{voice, format}`; G: `responseModalities`, `speechConfig`
    include_usage         C: a stream's usage chunk was asked for; the others always have usage
    previous              R: `previous_response_id`, as long as nobody has replaced it by the messages it stands for
    continues, reply_id   R: the response that `messages` go on from, and the id of the answer, where the gateway keeps them
    extras                every other member; the names are told when another format drops them
    """

    owner: str
    model: str
    messages: tuple[Message, ...]
    stream: bool = False
    include_usage: bool = False
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice | None = None
    parallel_tools: bool | None = None
    max_output: int | None = None
    sampling: Sampling = Sampling()
    reasoning: Reasoning | None = None
    response_format: ResponseFormat | None = None
    verbosity: str | None = None
    user: str | None = None
    cache_key: str | None = None
    cache: CacheMark | None = None
    metadata: Mapping[str, str] = {}
    service_tier: str | None = None
    store: bool | None = None
    previous: str | None = None
    continues: str | None = None
    reply_id: str | None = None
    modalities: tuple[str, ...] = ()
    audio: msgspec.Raw | None = None
    prediction: msgspec.Raw | None = None
    extras: Extras | None = None
