"""Content parts that a caller wrote."""

from collections.abc import Iterable
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
    Source,
    Text,
    Uploaded,
)
from providers.formats.media import data_url, decoded_text
from providers.formats.openai_chat.name import NAME as CHAT
from providers.formats.openai_responses.name import NAME
from providers.formats.openai_responses.thinking import own_members
from providers.formats.unsupported import unsupported_part

Members = dict[str, Any]

_AUDIO = {"audio/wav": "wav", "audio/mp3": "mp3"}


def write_content(message: Message, parts: Iterable[Part]) -> list[Members]:
    """Raises `BadRequest` for what has no place here."""
    found: list[Members] = []
    for part in parts:
        written = _written(message, part)
        if written:
            written[-1] |= own_members(part)
        found += written
    return found


def _written(message: Message, part: Part) -> list[Members]:
    match part:
        case Text(text=text) | Refusal(text=text):
            return [_text(text)] if text else []
        case Image(source=source, detail=detail) if (place := _image(source)) is not None:
            return [{"type": "input_image", "detail": detail or "auto", **place}]
        case Document():
            return _document(message, part)
        case SearchResult():
            return [_text(f"{part.title}\n{part.source}\n\n" + "\n".join(each.text for each in part.parts))]
        case Audio(source=Inline(media_type=media_type, data=data)) if media_type in _AUDIO:
            return [{"type": "input_audio", "input_audio": {"data": data, "format": _AUDIO[media_type]}}]
        case _:
            raise unsupported_part(message, part)


def _text(text: str) -> Members:
    return {"type": "input_text", "text": text}


def _image(source: Source) -> Members | None:
    match source:
        case Inline():
            return {"image_url": data_url(source)}
        case Link(url=url):
            return {"image_url": url}
        case Uploaded(file=file) if file.owner in (NAME, CHAT):
            return {"file_id": file.value}
        case _:
            return None


def _document(message: Message, document: Document) -> list[Members]:
    """Text is told as text: only PDFs are files to OpenAI."""
    match document.source:
        case PlainText(text=text):
            return [_text(_titled(document.name, text))]
        case Inline(media_type=media_type) as source if media_type.startswith("text/") and (said := decoded_text(source)):
            return [_text(_titled(document.name, said))]
        case Inline() as source:
            name = document.name or f"document.{source.media_type.rpartition('/')[2]}"
            return [{"type": "input_file", "filename": name, "file_data": data_url(source)}]
        case Link(url=url):
            return [{"type": "input_file", "file_url": url}]
        case Uploaded(file=file) if file.owner in (NAME, CHAT):
            return [{"type": "input_file", "file_id": file.value}]
        case Contents(parts=parts):
            return write_content(message, parts)
        case _:
            raise unsupported_part(message, document)


def _titled(title: str | None, text: str) -> str:
    return f"{title}\n\n{text}" if title else text
