"""From a whole chat completion to the canonical reply."""

from collections.abc import Iterable
from typing import Any

import msgspec

from providers.canonical import Audio, Candidate, Image, Inline, Part, Refusal, Reply, Text, Thinking, ToolCall, calls_tools
from providers.formats.arguments import unwrap
from providers.formats.codec import Written
from providers.formats.loose import object_in, objects_in, text_in
from providers.formats.media import read_data_url
from providers.formats.openai_chat.annotations import read_annotation
from providers.formats.openai_chat.logprobs import read_logprobs
from providers.formats.openai_chat.stop import read_stop
from providers.formats.openai_chat.usage import find_usage
from providers.formats.wire import NotInFormat

THOUGHTS = ("reasoning_content", "reasoning")
"""DeepSeek's name, which most took over; and OpenRouter's and Groq's."""


def read_reply(body: bytes, sent: Written) -> Reply:
    try:
        reply = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise NotInFormat("a body that is not JSON") from problem
    choices = reply.get("choices") if isinstance(reply, dict) else None
    if not isinstance(choices, list):
        raise NotInFormat("JSON without `choices`")
    created, tier = reply.get("created"), reply.get("service_tier")
    return Reply(
        id=str(reply.get("id") or ""),
        model=str(reply.get("model") or ""),
        candidates=tuple(_candidate(choice, sent) for choice in objects_in(choices)),
        usage=find_usage(reply),
        created=created if isinstance(created, int) else None,
        service_tier=tier if isinstance(tier, str) else None,
    )


def _candidate(choice: dict[str, Any], sent: Written) -> Candidate:
    parts = tuple(_parts(object_in(choice.get("message")), sent))
    return Candidate(
        parts=parts,
        stop=read_stop(choice.get("finish_reason"), called=calls_tools(parts)),
        logprobs=read_logprobs(choice.get("logprobs")) or None,
    )


def _parts(message: dict[str, Any], sent: Written) -> Iterable[Part]:
    if (thought := thought_in(message)) is not None:
        yield Thinking(thought)
    content = message.get("content")
    if isinstance(content, str) and content:
        found = [read_annotation(each) for each in objects_in(message.get("annotations"))]
        yield Text(content, tuple(citation for citation in found if citation is not None))
    elif isinstance(content, list):
        yield from listed(content)
    elif isinstance(content, dict):
        # Cloudflare's structured output: the object itself.
        yield Text(msgspec.json.encode(content).decode())
    if isinstance(refusal := message.get("refusal"), str) and refusal:
        yield Refusal(refusal)
    if isinstance(audio := message.get("audio"), dict) and audio.get("data"):
        yield _audio(audio)
    # OpenRouter's pictures.
    for each in objects_in(message.get("images")):
        if (source := read_data_url(text_in(object_in(each.get("image_url")).get("url")))) is not None:
            yield Image(source)
    for number, call in enumerate(objects_in(message.get("tool_calls"))):
        yield _call(call, number, sent)
    if isinstance(legacy := message.get("function_call"), dict):
        yield _call({"function": legacy}, 0, sent)


def thought_in(message: dict[str, Any]) -> str | None:
    """Of a message or a delta."""
    return next((text for name in THOUGHTS if isinstance(text := message.get(name), str) and text), None)


def listed(content: list[Any]) -> Iterable[Text | Thinking]:
    """Mistral's: thinking and text as parts."""
    for part in content:
        match part:
            case {"type": "text", "text": str() as text}:
                yield Text(text)
            case {"type": "thinking", "thinking": [*inner]}:
                yield Thinking("".join(text_in(each.get("text")) for each in objects_in(inner)))


def _audio(audio: dict[str, Any]) -> Audio:
    expires = audio.get("expires_at")
    return Audio(
        Inline("audio/wav", str(audio.get("data", ""))),
        transcript=audio.get("transcript") if isinstance(audio.get("transcript"), str) else None,
        id=str(audio.get("id", "")),
        expires_at=expires if isinstance(expires, int) else None,
    )


def _call(call: dict[str, Any], number: int, sent: Written) -> ToolCall:
    function = object_in(call.get("function"))
    name, arguments = str(function.get("name") or ""), function.get("arguments")
    # Ollama's and others' servers send the object itself.
    text = arguments if isinstance(arguments, str) else msgspec.json.encode(arguments or {}).decode()
    call_id = call.get("id") or f"call_{number}"
    custom = name in sent.wrapped
    return ToolCall(str(call_id), sent.names.get(name, name), unwrap(text) if custom else text or "{}", custom=custom)
