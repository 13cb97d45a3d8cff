"""The conversation of a request: user and model in turn, all of a turn's results in one content."""

from collections.abc import Sequence
from itertools import groupby

from providers.canonical import Message, Text, ToolCall, ToolResult
from providers.formats.gemini import models
from providers.formats.gemini.signature import UNSIGNED
from providers.formats.gemini.write_parts import PartWriter, Written
from providers.formats.user_words import BEGIN, instructions

INTERRUPTED = "The call was interrupted: there is no result."


def leading(messages: Sequence[Message]) -> tuple[list[Written], Sequence[Message]]:
    """The parts of the instructions that a conversation begins with, and the rest of it."""
    count = next((index for index, message in enumerate(messages) if message.role not in ("system", "developer")), len(messages))
    parts = [part for message in messages[:count] for part in message.parts]
    return [{"text": part.text} for part in parts if isinstance(part, Text) and part.text], messages[count:]


class ContentWriter:
    """Raises `BadRequest` for content that Gemini cannot take."""

    def __init__(self, writer: PartWriter, model: str, *, own: bool) -> None:
        self._writer = writer
        self._own = own
        self._signs = models.signs_calls(model) and not own

    def write(self, messages: Sequence[Message]) -> list[Written]:
        found: list[Written] = []
        calls: list[ToolCall] = []
        for of_model, run in groupby(messages, key=lambda message: message.role == "assistant"):
            if of_model:
                turn = list(run)
                calls = [part for message in turn for part in message.parts if isinstance(part, ToolCall)]
                found += _content("model", self._model(turn))
            else:
                found += self._user(list(run), calls)
                calls = []
        if not found or found[0]["role"] == "model":
            found.insert(0, {"role": "user", "parts": [{"text": BEGIN}]})
        return found

    def _model(self, turn: Sequence[Message]) -> list[Written]:
        """The first call of a step is the one that Gemini signs."""
        parts = [part for message in turn for part in self._writer.parts(message)]
        if self._signs and (call := next((part for part in parts if "functionCall" in part), None)) is not None:
            call.setdefault("thoughtSignature", UNSIGNED)
        return parts

    def _user(self, turn: Sequence[Message], calls: Sequence[ToolCall]) -> list[Written]:
        """Every call has one result, in the calls' order: the last one that was given."""
        given = {part.call_id: (message, part) for message in turn for part in message.parts if isinstance(part, ToolResult)}
        results: list[Written] = []
        others: list[Written] = []
        for call in calls:
            message, result = given.pop(call.id, (turn[0], _interrupted(call)))
            response, media = self._writer.result(message, result)
            results.append(response)
            others += media
        for message in turn:
            others += [_told(result) for owner, result in given.values() if owner is message]
            others += self._parts(message)
        if self._own:
            return _content("user", results + others)
        return _content("user", results) + _content("user", others)

    def _parts(self, message: Message) -> list[Written]:
        if message.role == "user":
            return self._writer.parts(message)
        return [{"text": text} for text in instructions(message)]


def _content(role: str, parts: list[Written]) -> list[Written]:
    return [{"role": role, "parts": parts}] if parts else []


def _interrupted(call: ToolCall) -> ToolResult:
    return ToolResult(call.id, (Text(INTERRUPTED),), error=True)


def _told(result: ToolResult) -> Written:
    """A result that no call asked for is refused as one; the model may still read it."""
    text = "\n".join(part.text for part in result.parts if isinstance(part, Text))
    return {"text": f"Result of {result.name or result.call_id}:\n{text}"}
