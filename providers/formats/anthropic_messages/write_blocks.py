"""Content blocks of a request."""

from typing import Any

import msgspec

from providers.canonical import (
    CacheMark,
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
)
from providers.formats.anthropic_messages.citations import write_citation
from providers.formats.anthropic_messages.name import NAME
from providers.formats.arguments import as_object, wrap
from providers.formats.media import decoded_text
from providers.formats.tool_names import ToolNames, fitting
from providers.formats.unsupported import unsupported_part

ID_LIMIT = 64

_IMAGES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})

Block = dict[str, Any]


class BlockWriter:
    """`dropped` names what of an answer's history only its own vendor could read."""

    def __init__(self, names: ToolNames) -> None:
        self._names = names
        self.dropped: list[str] = []

    def blocks(self, message: Message) -> list[Block]:
        return [block for part in message.parts if (block := self._block(message, part)) is not None]

    def _block(self, message: Message, part: Part) -> Block | None:
        """None for empty text, which is refused, and for what another vendor keeps to itself."""
        block = self._written(message, part)
        if block is not None:
            if part.cache is not None:
                block["cache_control"] = cache_control(part.cache)
            if part.extras is not None:
                block |= part.extras.of(NAME)
        return block

    def _written(self, message: Message, part: Part) -> Block | None:
        match part:
            case Text():
                return _text(part) if part.text.strip() else None
            case Refusal(text=text):
                return {"type": "text", "text": text}
            case Thinking():
                return _thinking(part)
            case ToolCall():
                arguments = wrap(part.arguments) if part.custom else part.arguments
                call_id, name = fitting(part.id, ID_LIMIT), self._names.sent(part.name)
                return {"type": "tool_use", "id": call_id, "name": name, "input": as_object(arguments)}
            case ToolResult():
                return self._result(message, part)
            case ServerToolCall(native=native) | ServerToolResult(native=native):
                if native.owner == NAME:
                    return _own(native)
                self.dropped += [part.tool] if part.tool not in self.dropped else []
                return None
            case Native(owner=owner) if owner == NAME:
                return _own(part)
            case _:
                return _medium(message, part)

    def _result(self, message: Message, result: ToolResult) -> Block:
        block: Block = {"type": "tool_result", "tool_use_id": fitting(result.call_id, ID_LIMIT)}
        content = [each for part in result.parts if (each := self._block(message, part)) is not None]
        if content:
            block["content"] = content
        if result.error:
            block["is_error"] = True
        return block


def cache_control(mark: CacheMark) -> Block:
    """There are two lifetimes; OpenAI's longer ones are the longer here."""
    if mark.ttl is None:
        return {"type": "ephemeral"}
    return {"type": "ephemeral", "ttl": "5m" if mark.ttl == "5m" else "1h"}


def _text(text: Text) -> Block:
    block: Block = {"type": "text", "text": text.text}
    own = [citation for citation in text.citations if citation.extras is not None and citation.extras.of(NAME)]
    if own:
        block["citations"] = [write_citation(citation) for citation in own]
    return block


def _thinking(thinking: Thinking) -> Block | None:
    """Only what Anthropic signed or encrypted: with anybody else's the request is refused."""
    signature, encrypted = thinking.signature, thinking.encrypted
    if signature is not None and signature.owner == NAME:
        return {"type": "thinking", "thinking": thinking.text, "signature": signature.value}
    if encrypted is not None and encrypted.owner == NAME:
        return {"type": "redacted_thinking", "data": encrypted.value}
    return None


def _own(native: Native) -> Block:
    return msgspec.json.decode(native.value, type=dict[str, msgspec.Raw])


def _medium(message: Message, part: Part) -> Block:
    match part:
        case Image(source=source) if (written := _image_source(source)) is not None:
            return {"type": "image", "source": written}
        case Document(source=source) if (written := _document_source(message, source)) is not None:
            block: Block = {"type": "document", "source": written}
            if part.name is not None:
                block["title"] = part.name
            if part.context is not None:
                block["context"] = part.context
            if part.citations is not None:
                block["citations"] = {"enabled": part.citations}
            return block
        case SearchResult():
            block = {"type": "search_result", "source": part.source, "title": part.title}
            block["content"] = [{"type": "text", "text": each.text} for each in part.parts]
            if part.citations is not None:
                block["citations"] = {"enabled": part.citations}
            return block
        case _:
            raise unsupported_part(message, part)


def _image_source(source: Source) -> Block | None:
    match source:
        case Inline(media_type=media_type, data=data) if media_type in _IMAGES:
            return {"type": "base64", "media_type": media_type, "data": data}
        case Link(url=url):
            return {"type": "url", "url": url}
        case Uploaded(file=file) if file.owner == NAME:
            return {"type": "file", "file_id": file.value}
        case _:
            return None


def _document_source(message: Message, source: Source) -> Block | None:
    match source:
        case Inline(media_type="application/pdf", data=data):
            return {"type": "base64", "media_type": "application/pdf", "data": data}
        case Inline() if source.media_type.startswith("text/") and (text := decoded_text(source)) is not None:
            return {"type": "text", "media_type": "text/plain", "data": text}
        case PlainText(text=text):
            return {"type": "text", "media_type": "text/plain", "data": text}
        case Contents(parts=parts):
            content = [_text(part) if isinstance(part, Text) else _medium(message, part) for part in parts]
            return {"type": "content", "content": content}
        case Link(url=url):
            return {"type": "url", "url": url}
        case Uploaded(file=file) if file.owner == NAME:
            return {"type": "file", "file_id": file.value}
        case _:
            return None
