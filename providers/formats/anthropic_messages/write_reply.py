"""From a canonical reply to a whole message."""

from typing import Any

import msgspec

from pipeline.usage import Usage
from providers.canonical import Audio, Part, Refusal, Reply, Request, Stop, StopReason, Text, Thinking, ToolCall
from providers.formats.anthropic_messages.citations import write_citation
from providers.formats.anthropic_messages.name import NAME
from providers.formats.anthropic_messages.signature import sealed_thoughts, signature_of
from providers.formats.anthropic_messages.stop import write_stop
from providers.formats.anthropic_messages.usage import write_usage
from providers.formats.anthropic_messages.write_blocks import ID_LIMIT, Block
from providers.formats.arguments import as_object, wrap
from providers.formats.tool_names import fitting


def write_reply(reply: Reply, asked: Request) -> bytes:
    first = reply.candidates[0] if reply.candidates else None
    content = [block for part in (first.parts if first else ()) if (block := write_block(part)) is not None]
    stop = first.stop if first is not None else Stop(StopReason.END)
    found = message(reply.id, reply.model or asked.model, content) | write_stop(stop)
    return msgspec.json.encode(found | {"usage": write_usage(reply.usage or Usage())})


def message(vendors_id: str, model: str, content: list[Block]) -> dict[str, Any]:
    """A message as far as it is known before its end."""
    known = vendors_id.startswith("msg_")
    return {
        "id": vendors_id if known else f"msg_{vendors_id}",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": content,
        "stop_reason": None,
        "stop_sequence": None,
    }


def write_block(part: Part) -> Block | None:
    """None for what has no block: pictures, and what another vendor's tools did."""
    match part:
        case Text():
            block: Block = {"type": "text", "text": part.text}
            if part.citations:
                block["citations"] = [write_citation(citation, part.text) for citation in part.citations]
            return block
        case Refusal(text=text):
            return {"type": "text", "text": text}
        case Audio(transcript=str() as said):
            return {"type": "text", "text": said}
        case Thinking(text="", encrypted=encrypted) if encrypted is not None:
            data = encrypted.value if encrypted.owner == NAME else sealed_thoughts(encrypted)
            return {"type": "redacted_thinking", "data": data}
        case Thinking():
            return {"type": "thinking", "thinking": part.text, "signature": signature_of(part)}
        case ToolCall():
            arguments = wrap(part.arguments) if part.custom else part.arguments
            call_id = fitting(part.id, ID_LIMIT)
            return {"type": "tool_use", "id": call_id, "name": part.name, "input": as_object(arguments)}
        case _:
            return None
