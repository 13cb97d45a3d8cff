"""From a canonical reply to a whole generateContent answer."""

from typing import Any

import msgspec

from pipeline.usage import Usage
from providers.canonical import (
    Audio,
    Candidate,
    Image,
    Inline,
    Part,
    Refusal,
    Reply,
    Request,
    ServerToolCall,
    ServerToolResult,
    Text,
    Thinking,
    ToolCall,
)
from providers.formats.arguments import as_object, wrap
from providers.formats.gemini.call_ids import is_made
from providers.formats.gemini.citations import Grounding
from providers.formats.gemini.logprobs import write_logprobs
from providers.formats.gemini.name import NAME
from providers.formats.gemini.signature import signature_of
from providers.formats.gemini.stop import write_stop

_encode = msgspec.json.encode


def write_reply(reply: Reply, asked: Request) -> bytes:
    own = reply.extras.of(NAME) if reply.extras is not None else {}
    about = msgspec.json.decode(own["candidates"]) if "candidates" in own else []
    found: dict[str, Any] = {}
    if not (blocked := "promptFeedback" in own and not any(candidate.parts for candidate in reply.candidates)):
        candidates = enumerate(reply.candidates)
        found["candidates"] = [_candidate(index, each, about[index] if index < len(about) else {}) for index, each in candidates]
    found["usageMetadata"] = write_usage(reply.usage or Usage())
    found |= {"modelVersion": reply.model or asked.model, "responseId": reply.id}
    return _encode(found | {name: raw for name, raw in own.items() if name != "candidates" or blocked})


def write_usage(usage: Usage) -> dict[str, Any]:
    """Thoughts are beside the candidates, what was cached is within the prompt."""
    found: dict[str, Any] = {
        "promptTokenCount": usage.input,
        "candidatesTokenCount": usage.output - usage.reasoning,
        "totalTokenCount": usage.input + usage.output,
    }
    if usage.cache_read:
        found["cachedContentTokenCount"] = usage.cache_read
    if usage.reasoning:
        found["thoughtsTokenCount"] = usage.reasoning
    if details := _details(AUDIO=usage.audio_input, IMAGE=usage.image_input):
        found["promptTokensDetails"] = details
    if details := _details(AUDIO=usage.audio_output, IMAGE=usage.image_output):
        found["candidatesTokensDetails"] = details
    return found


def write_parts(part: Part) -> list[dict[str, Any]]:
    """What is spoken has no place for its words: they are a text beside it."""
    written = write_part(part)
    said = [{"text": part.transcript}] if isinstance(part, Audio) and part.transcript else []
    return said if written is None else [written, *said]


def write_part(part: Part) -> dict[str, Any] | None:
    """None for what has no place here: other vendors' blocks, and what their tools did."""
    written = _written(part)
    if written is None:
        return None
    if (signature := signature_of(part)) is not None:
        written["thoughtSignature"] = signature
    if part.extras is not None:
        written |= part.extras.of(NAME)
    return written


def _written(part: Part) -> dict[str, Any] | None:
    match part:
        case Text(text=text) | Refusal(text=text):
            return {"text": text}
        case Thinking(text=text):
            return {"text": text, "thought": True}
        case ToolCall():
            arguments = wrap(part.arguments) if part.custom else part.arguments
            call_id = {} if is_made(part.id) else {"id": part.id}
            return {"functionCall": call_id | {"name": part.name, "args": as_object(arguments)}}
        case Image(source=Inline() as source) | Audio(source=Inline() as source):
            return {"inlineData": {"mimeType": source.media_type, "data": source.data}}
        case ServerToolCall(native=native) | ServerToolResult(native=native) if native.owner == NAME:
            return {native.kind: native.value}
        case _:
            return None


def _candidate(index: int, candidate: Candidate, own: dict[str, Any]) -> dict[str, Any]:
    """`own` is what Gemini itself said beside the parts, its citations with it."""
    parts: list[dict[str, Any]] = []
    grounding = Grounding()
    for part in candidate.parts:
        if isinstance(part, Text):
            for citation in part.citations:
                grounding.add(citation, part.text, index=len(parts))
        parts += write_parts(part)
    found: dict[str, Any] = {"content": {"role": "model", "parts": parts}, "index": index}
    if candidate.logprobs:
        found["logprobsResult"] = write_logprobs(candidate.logprobs)
    return found | write_stop(candidate.stop) | (own or grounding.members())


def _details(**counts: int) -> list[dict[str, Any]]:
    return [{"modality": name, "tokenCount": count} for name, count in counts.items() if count]
