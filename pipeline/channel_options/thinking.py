"""`thinking_to_content`: a model's thoughts inside of its answer, in `<think>…</think>`, for clients that look nowhere else."""

from collections.abc import AsyncIterator
from typing import Any, Protocol

import msgspec

from pipeline.events import sse_data, sse_event

BEGIN = "<think>\n"
END = "\n</think>\n\n"

# DeepSeek's name, which most took over; and OpenRouter's and Groq's.
NAMES = ("reasoning_content", "reasoning")

_TELLING = b'"reasoning'


class ThoughtMover(Protocol):
    """Moves the thoughts of one reply, sans-io."""

    def whole(self, body: bytes) -> bytes: ...

    def feed(self, events: list[bytes]) -> list[bytes]: ...


class ChatThoughts:
    """OpenAI chat. Thoughts begin with the first that a choice has, and end before its first word, its first tool call, or where
    it says why it stopped. Events without thoughts stay as they are."""

    def __init__(self) -> None:
        self._thinking: set[Any] = set()

    def whole(self, body: bytes) -> bytes:
        reply = _decoded(body) if _TELLING in body else None
        moved = [_move_all(choice.get("message")) for choice in _choices(reply)]
        return msgspec.json.encode(reply) if any(moved) else body

    def feed(self, events: list[bytes]) -> list[bytes]:
        return [self._event(event) if self._thinking or _TELLING in event else event for event in events]

    def _event(self, event: bytes) -> bytes:
        chunk = _decoded(sse_data(event))
        moved = [self._move(choice) for choice in _choices(chunk)]
        return sse_event(msgspec.json.encode(chunk)) if any(moved) else event

    def _move(self, choice: dict[str, Any]) -> bool:
        """Whether the choice has changed."""
        delta, index = choice.get("delta"), choice.get("index")
        if not isinstance(delta, dict) or not isinstance(index, int):
            return False
        found, thought = _taken(delta)
        text = ""
        if thought:
            text = thought if index in self._thinking else BEGIN + thought
            self._thinking.add(index)
        if index in self._thinking and (delta.get("content") or delta.get("tool_calls") or choice.get("finish_reason")):
            self._thinking.discard(index)
            text += END
        if text:
            delta["content"] = text + (delta.get("content") or "")
        return found or bool(text)


class MovedEvents:
    """A stream's batches with its thoughts moved; closing it closes the stream."""

    def __init__(self, events: AsyncIterator[list[bytes]], mover: ThoughtMover) -> None:
        self._events = events
        self._mover = mover

    def __aiter__(self) -> "MovedEvents":
        return self

    async def __anext__(self) -> list[bytes]:
        return self._mover.feed(await anext(self._events))

    async def aclose(self) -> None:
        close = getattr(self._events, "aclose", None)
        if close is not None:
            await close()


def _move_all(message: Any) -> bool:
    if not isinstance(message, dict):
        return False
    found, thought = _taken(message)
    if thought:
        message["content"] = BEGIN + thought + END + (message.get("content") or "")
    return found


def _taken(message: dict[str, Any]) -> tuple[bool, str]:
    """Whether there was a place for thoughts, and what was in it."""
    values = [message.pop(name) for name in NAMES if name in message]
    return bool(values), next((value for value in values if isinstance(value, str) and value), "")


def _choices(reply: Any) -> list[dict[str, Any]]:
    choices = reply.get("choices") if isinstance(reply, dict) else None
    return [choice for choice in choices if isinstance(choice, dict)] if isinstance(choices, list) else []


def _decoded(data: bytes) -> Any:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


MOVERS: dict[str, type[ThoughtMover]] = {"openai_chat": ChatThoughts}
"""By wire format of the caller."""
