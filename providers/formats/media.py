"""Images and files as base64: data URLs, and what the bytes say that they are."""

import base64
import binascii
import re

from providers.canonical import Inline

# RFC 2397, as callers write it: the media type may be missing, parameters may precede `;base64`.
_DATA_URL = re.compile(r"data:([^;,]*)((?:;[^;,]*)*),", re.IGNORECASE)

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"%PDF-", "application/pdf"),
)

_SYNONYMS = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "audio/mpeg": "audio/mp3", "audio/x-wav": "audio/wav"}


def read_data_url(url: str) -> Inline | None:
    """None if it is no base64 data URL."""
    found = _DATA_URL.match(url)
    if found is None or ";base64" not in found[2].lower():
        return None
    return inline(found[1], url[found.end() :])


def inline(media_type: str, data: str) -> Inline:
    """With the media type that the bytes show, where they show one: vendors refuse a declaration that is wrong."""
    declared = media_type.strip().lower()
    return Inline(_sniffed(data) or _SYNONYMS.get(declared, declared) or "application/octet-stream", data)


def data_url(source: Inline) -> str:
    return f"data:{source.media_type};base64,{source.data}"


def decoded_text(source: Inline) -> str | None:
    """What a text file says; None if it is no base64 of UTF-8."""
    try:
        return base64.b64decode("".join(source.data.split()), validate=True).decode()
    except (binascii.Error, ValueError):
        return None


def _sniffed(data: str) -> str | None:
    try:
        head = base64.b64decode(data[:24])
    except (binascii.Error, ValueError):
        return None
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
