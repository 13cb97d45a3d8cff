"""The parts of a request's contents."""

import base64
import mimetypes
from collections.abc import Mapping
from typing import Any

import msgspec

from providers.canonical import (
    Audio,
    Contents,
    Document,
    Image,
    Inline,
    Link,
    Message,
    Native,
    Part,
    PlainText,
    Refusal,
    SearchResult,
    ServerToolCall,
    ServerToolResult,
    Source,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
    Uploaded,
    Video,
)
from providers.formats.arguments import as_object, wrap
from providers.formats.gemini import models
from providers.formats.gemini.call_ids import is_made
from providers.formats.gemini.name import NAME
from providers.formats.gemini.results import write_response
from providers.formats.gemini.signature import own_signature
from providers.formats.tool_names import ToolNames
from providers.formats.unsupported import unsupported_part

Written = dict[str, Any]

_USUAL = {Image: "image/jpeg", Audio: "audio/mp3", Video: "video/mp4", Document: "application/pdf"}
"""What a link leads to if neither the caller nor the address tells: Google wants to be told."""


class PartWriter:
    """`own`: the request was Gemini's to begin with, and its ids are Gemini's. `called` are the tools' names by the calls' ids,
    which a result needs. `dropped` names what of an answer's history only its own vendor could read."""

    def __init__(self, names: ToolNames, model: str, called: Mapping[str, str], *, own: bool) -> None:
        self._names = names
        self._model = model
        self._called = called
        self._own = own
        self.dropped: list[str] = []

    def parts(self, message: Message) -> list[Written]:
        """All but results; a text that is empty says nothing, unless it is signed."""
        return [
            written
            for part in message.parts
            if not isinstance(part, ToolResult)
            for each in self._written(message, part)
            if (written := self._marked(part, each))
        ]

    def result(self, message: Message, result: ToolResult) -> tuple[Written, list[Written]]:
        """The `functionResponse`, and what older models take beside it only: that goes into the user's next content."""
        text = "\n".join(part.text for part in result.parts if isinstance(part, Text))
        media = [each for part in result.parts if not isinstance(part, Text) for each in self._written(message, part)]
        response: Written = {"name": self._names.sent(self._called.get(result.call_id) or result.name or "unknown")}
        response |= self._id(result.call_id) | {"response": write_response(text, error=result.error)}
        if media and (self._own or models.takes_media_in_results(self._model)):
            response["parts"] = media
            media = []
        if result.extras is not None:
            response |= result.extras.of(NAME)
        return {"functionResponse": response}, media

    def _marked(self, part: Part, written: Written) -> Written:
        if (signature := own_signature(part)) is not None:
            written["thoughtSignature"] = signature
        if part.extras is not None:
            written |= part.extras.of(NAME)
        return {} if written == {"text": ""} else written

    def _written(self, message: Message, part: Part) -> list[Written]:
        match part:
            case Text(text=text) | Refusal(text=text):
                return [{"text": text}]
            case Thinking():
                return [{"text": part.text, "thought": True}] if self._own and part.encrypted is None else []
            case ToolCall():
                arguments = wrap(part.arguments) if part.custom else part.arguments
                call = {"name": self._names.sent(part.name)} | self._id(part.id) | {"args": as_object(arguments)}
                return [{"functionCall": call}]
            case ServerToolCall(native=native) | ServerToolResult(native=native):
                if native.owner == NAME:
                    return [{native.kind: native.value}]
                self.dropped += [part.tool] if part.tool not in self.dropped else []
                return []
            case Native(owner=owner) if owner == NAME:
                return [msgspec.json.decode(part.value, type=dict[str, msgspec.Raw])]
            case _:
                return _medium(message, part)

    def _id(self, call_id: str) -> Written:
        """Only models that give ids take them, and only their own: results are found by their order."""
        return {"id": call_id} if self._own and not is_made(call_id) else {}


def _medium(message: Message, part: Part) -> list[Written]:
    match part:
        case Document(source=PlainText(text=text), name=name):
            return [{"text": f"{name}\n\n{text}" if name else text}]
        case Document(source=Contents(parts=parts)):
            return [each for inner in parts for each in _inner(message, inner)]
        case SearchResult():
            return [{"text": f"{part.title}\n{part.source}\n\n" + "\n".join(each.text for each in part.parts)}]
        case Image() | Audio() | Video() | Document() if (written := _source(part, part.source)) is not None:
            return [written]
        case _:
            raise unsupported_part(message, part)


def _inner(message: Message, part: Part) -> list[Written]:
    return [{"text": part.text}] if isinstance(part, Text) else _medium(message, part)


def _source(part: Image | Audio | Video | Document, source: Source | None) -> Written | None:
    named: Written = {"displayName": part.name} if isinstance(part, Document) and part.name and isinstance(source, Inline) else {}
    match source:
        case Inline(media_type=media_type, data=data):
            return {"inlineData": {"mimeType": media_type, "data": data}}
        case PlainText(text=text):
            return {"inlineData": {"mimeType": "text/plain", "data": base64.b64encode(text.encode()).decode()} | named}
        case Link(url=url, media_type=media_type):
            guessed = media_type or mimetypes.guess_type(url.partition("?")[0])[0] or _USUAL[type(part)]
            return {"fileData": {"mimeType": guessed, "fileUri": url}}
        case Uploaded(file=file, media_type=media_type) if file.owner == NAME:
            about = {"mimeType": media_type} if media_type is not None else {}
            return {"fileData": about | {"fileUri": file.value}}
        case _:
            return None
