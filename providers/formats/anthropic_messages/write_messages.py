"""The messages of a request: user and assistant in turn, a tool's results first in the user's."""

from collections.abc import Sequence

from providers.canonical import Message, Text
from providers.formats.anthropic_messages.write_blocks import Block, BlockWriter, cache_control

BEGIN = "Continue."
"""The user's first words where a conversation has none: it must begin with the user."""

_INSTRUCTION = "<system>\n{text}\n</system>"
"""Instructions in the middle, which older models take from nobody but the user. Moved to the top they would change the
beginning of every later prompt, and no cache would hit."""


def write_system(messages: Sequence[Message]) -> tuple[list[Block], Sequence[Message]]:
    """The instructions that a conversation begins with, and the rest of it."""
    count = next((index for index, message in enumerate(messages) if message.role not in ("system", "developer")), len(messages))
    blocks: list[Block] = []
    for part in (part for message in messages[:count] for part in message.parts):
        if isinstance(part, Text) and part.text.strip():
            blocks.append({"type": "text", "text": part.text})
            if part.cache is not None:
                blocks[-1]["cache_control"] = cache_control(part.cache)
    return blocks, messages[count:]


def write_messages(messages: Sequence[Message], writer: BlockWriter) -> list[Block]:
    """Raises `BadRequest` for content that Claude cannot take."""
    found: list[Block] = []
    for message in messages:
        blocks = _instructions(message) if message.role in ("system", "developer") else writer.blocks(message)
        if not blocks:
            continue
        role = "assistant" if message.role == "assistant" else "user"
        if not found and role == "assistant":
            found.append({"role": "user", "content": [{"type": "text", "text": BEGIN}]})
        if found and found[-1]["role"] == role:
            found[-1]["content"] += blocks
        else:
            found.append({"role": role, "content": blocks})
    for turn in found:
        if turn["role"] == "user":
            turn["content"].sort(key=lambda block: block["type"] != "tool_result")
    return _ended(found) or [{"role": "user", "content": [{"type": "text", "text": BEGIN}]}]


def _instructions(message: Message) -> list[Block]:
    texts = [part.text for part in message.parts if isinstance(part, Text) and part.text.strip()]
    return [{"type": "text", "text": _INSTRUCTION.format(text=text)} for text in texts]


def _ended(found: list[Block]) -> list[Block]:
    """What an answer shall begin with may not end in white space."""
    if found and found[-1]["role"] == "assistant" and (last := found[-1]["content"][-1])["type"] == "text":
        last["text"] = last["text"].rstrip()
    return found
