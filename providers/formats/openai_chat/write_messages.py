"""The messages of a chat completion's request."""

from collections.abc import Iterable, Sequence
from typing import Any

from providers.canonical import (
    Audio,
    Contents,
    Document,
    Image,
    Inline,
    Link,
    Message,
    Part,
    PlainText,
    Refusal,
    SearchResult,
    ServerToolCall,
    ServerToolResult,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Uploaded,
    Video,
)
from providers.formats.arguments import wrap
from providers.formats.media import data_url, decoded_text
from providers.formats.openai_chat.name import NAME
from providers.formats.tool_names import ToolNames, fitting
from providers.formats.unsupported import unsupported_part

CALL_ID_LIMIT = 40
"""Older deployments refuse more (400 string_above_max_length)."""

ERROR = "Error: "
"""How a tool's failure is told, where there is no field for it."""

_AUDIO = {"audio/wav": "wav", "audio/mp3": "mp3"}


class MessageWriter:
    """`dropped` names what of an answer's history only its own vendor could read. `thoughts`: the vendor takes back its own."""

    def __init__(self, names: ToolNames, *, thoughts: bool) -> None:
        self._names = names
        self._thoughts = thoughts
        self.dropped: list[str] = []

    def write(self, messages: Sequence[Message]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        pending: list[dict[str, Any]] = []
        for message in messages:
            results = [part for part in message.parts if isinstance(part, ToolResult)]
            if pending and not results:
                found.append({"role": "user", "content": pending})
                pending = []
            if message.role == "assistant":
                found += self._assistant(message)
                continue
            if message.role != "user":
                found += _instructions(message)
                continue
            for result in results:
                tool, media = self._result(message, result)
                found.append(tool)
                pending += media
            others = [part for part in message.parts if not isinstance(part, ToolResult)]
            if others:
                found += _user(message, pending, others)
                pending = []
        return [*found, {"role": "user", "content": pending}] if pending else found

    def _assistant(self, message: Message) -> list[dict[str, Any]]:
        text: list[str] = []
        calls: list[dict[str, Any]] = []
        found: dict[str, Any] = {"role": "assistant"}
        for part in message.parts:
            match part:
                case Text():
                    text.append(part.text)
                case Refusal():
                    found["refusal"] = part.text
                case ToolCall():
                    calls.append(self._call(part))
                case Audio(id=str() as audio_id):
                    found["audio"] = {"id": audio_id}
                case Thinking():
                    # What is signed or encrypted was another format's.
                    if self._thoughts and part.text and part.signature is None and part.encrypted is None:
                        found["reasoning_content"] = found.get("reasoning_content", "") + part.text
                case ServerToolCall() | ServerToolResult():
                    if part.tool not in self.dropped:
                        self.dropped.append(part.tool)
                case _:
                    raise unsupported_part(message, part)
        if calls:
            found["tool_calls"] = calls
        found["content"] = "".join(text) or None
        return [found] if any(found[name] is not None for name in found if name != "role") else []

    def _call(self, call: ToolCall) -> dict[str, Any]:
        arguments = wrap(call.arguments) if call.custom else call.arguments or "{}"
        function = {"name": self._names.sent(call.name), "arguments": arguments}
        return {"id": fitting(call.id, CALL_ID_LIMIT), "type": "function", "function": function}

    def _result(self, message: Message, result: ToolResult) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The `tool` message, and what it cannot hold: that goes into a user's message after the last of them."""
        text: list[str] = []
        media: list[dict[str, Any]] = []
        for part in result.parts:
            for each in _content(message, part):
                if each["type"] == "text":
                    text.append(each["text"])
                else:
                    media.append(each)
                    text.append("(It is in the next message.)")
        said = (ERROR if result.error else "") + "\n".join(text)
        return {"role": "tool", "tool_call_id": fitting(result.call_id, CALL_ID_LIMIT), "content": said}, media


def _instructions(message: Message) -> list[dict[str, Any]]:
    """One string: many servers take no list here."""
    texts = [part.text for part in message.parts if isinstance(part, Text)]
    if len(texts) != len(message.parts):
        raise unsupported_part(message, next(part for part in message.parts if not isinstance(part, Text)))
    content = "\n\n".join(text for text in texts if text)
    return [_named(message, {"role": message.role, "content": content})] if content else []


def _user(message: Message, pending: list[dict[str, Any]], parts: Iterable[Part]) -> list[dict[str, Any]]:
    content = [*pending, *(each for part in parts for each in _content(message, part))]
    if not content:
        return []
    whole = content[0]["text"] if len(content) == 1 and content[0]["type"] == "text" else content
    return [_named(message, {"role": "user", "content": whole})]


def _named(message: Message, found: dict[str, Any]) -> dict[str, Any]:
    return found if message.name is None else {**found, "name": message.name}


def _content(message: Message, part: Part) -> list[dict[str, Any]]:
    match part:
        case Text():
            return [_text(part.text)] if part.text else []
        case Refusal():
            return [_text(part.text)]
        case Image(source=Inline() as source, detail=detail):
            return [_image(data_url(source), detail)]
        case Image(source=Link(url=url), detail=detail):
            return [_image(url, detail)]
        case Document():
            return _document(message, part)
        case SearchResult():
            return [_text(f"{part.title}\n{part.source}\n\n" + "\n".join(each.text for each in part.parts))]
        case Audio(source=Inline(media_type=media_type, data=data)) if media_type in _AUDIO:
            return [{"type": "input_audio", "input_audio": {"data": data, "format": _AUDIO[media_type]}}]
        case Video(source=Link(url=url)):
            return [{"type": "video_url", "video_url": {"url": url}}]
        case Video(source=Inline() as source):
            return [{"type": "video_url", "video_url": {"url": data_url(source)}}]
        case _:
            raise unsupported_part(message, part)


def _document(message: Message, document: Document) -> list[dict[str, Any]]:
    """Text is told as text: only PDFs are files to OpenAI."""
    match document.source:
        case PlainText(text=text):
            return [_text(_titled(document.name, text))]
        case Inline(media_type=media_type) as source if media_type.startswith("text/") and (said := decoded_text(source)):
            return [_text(_titled(document.name, said))]
        case Inline() as source:
            name = document.name or f"document.{source.media_type.rpartition('/')[2]}"
            return [{"type": "file", "file": {"filename": name, "file_data": data_url(source)}}]
        case Uploaded(file=file) if file.owner == NAME:
            return [{"type": "file", "file": {"file_id": file.value}}]
        case Contents(parts=parts):
            return [each for part in parts for each in _content(message, part)]
        case _:
            raise unsupported_part(message, document)


def _titled(title: str | None, text: str) -> str:
    return f"{title}\n\n{text}" if title else text


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


def _image(url: str, detail: str | None) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url} if detail is None else {"url": url, "detail": detail}}
