"""From a canonical reply to a whole chat completion."""

import time
from typing import Any

import msgspec

from pipeline.usage import Usage
from providers.canonical import Audio, Candidate, Image, Inline, Refusal, Reply, Request, Text, Thinking, ToolCall
from providers.formats.media import data_url
from providers.formats.openai_chat.annotations import write_annotation
from providers.formats.openai_chat.logprobs import write_logprobs
from providers.formats.openai_chat.stop import write_stop


def write_reply(reply: Reply, asked: Request) -> bytes:
    found: dict[str, Any] = {
        "id": reply_id(reply.id),
        "object": "chat.completion",
        "created": int(time.time()) if reply.created is None else reply.created,
        "model": reply.model or asked.model,
        "choices": [_choice(index, candidate) for index, candidate in enumerate(reply.candidates)],
    }
    if reply.usage is not None:
        found["usage"] = write_usage(reply.usage)
    if reply.service_tier is not None:
        found["service_tier"] = reply.service_tier
    return msgspec.json.encode(found)


def reply_id(vendors: str) -> str:
    return vendors if vendors.startswith("chatcmpl") else f"chatcmpl-{vendors}"


def write_usage(usage: Usage) -> dict[str, Any]:
    return {
        "prompt_tokens": usage.input,
        "completion_tokens": usage.output,
        "total_tokens": usage.input + usage.output,
        "prompt_tokens_details": {
            "cached_tokens": usage.cache_read,
            "cache_write_tokens": usage.cache_write,
            "audio_tokens": usage.audio_input,
        },
        "completion_tokens_details": {"reasoning_tokens": usage.reasoning, "audio_tokens": usage.audio_output},
    }


def _choice(index: int, candidate: Candidate) -> dict[str, Any]:
    return {
        "index": index,
        "message": _message(candidate),
        "logprobs": write_logprobs(candidate.logprobs or ()),
        "finish_reason": write_stop(candidate.stop),
    }


def _message(candidate: Candidate) -> dict[str, Any]:
    """What server tools did is not told: the format has no place for it."""
    text, thoughts, refusal = "", "", candidate.stop.explanation
    annotations: list[dict[str, Any]] = []
    more: dict[str, Any] = {}
    for part in candidate.parts:
        match part:
            case Text():
                begin, text = len(text), text + part.text
                found = [write_annotation(citation, begin, len(text)) for citation in part.citations]
                annotations += [annotation for annotation in found if annotation is not None]
            case Thinking():
                thoughts += part.text
            case Refusal():
                refusal = part.text
            case ToolCall():
                more.setdefault("tool_calls", []).append(write_call(part))
            case Image(source=Inline() as source):
                image = {"type": "image_url", "image_url": {"url": data_url(source)}}
                more.setdefault("images", []).append(image)
            case Audio(source=Inline(data=data)):
                more["audio"] = {
                    "id": part.id or "",
                    "data": data,
                    "expires_at": part.expires_at or 0,
                    "transcript": part.transcript or "",
                }
    message: dict[str, Any] = {"role": "assistant", "content": text or ("" if not more else None), "refusal": refusal}
    if thoughts:
        message["reasoning_content"] = thoughts
    if annotations:
        message["annotations"] = annotations
    return message | more


def write_call(call: ToolCall) -> dict[str, Any]:
    if call.custom:
        return {"id": call.id, "type": "custom", "custom": {"name": call.name, "input": call.arguments}}
    return {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments or "{}"}}
