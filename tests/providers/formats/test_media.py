"""Pictures and files as base64."""

import base64

import pytest

from providers.canonical import Inline
from providers.formats.media import data_url, decoded_text, inline, read_data_url

PNG = base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"x" * 20).decode()


@pytest.mark.parametrize(
    ("url", "source"),
    [
        (f"data:image/png;base64,{PNG}", Inline("image/png", PNG)),
        (f"data:image/jpeg;base64,{PNG}", Inline("image/png", PNG)),
        ("data:image/jpg;base64,AAAA", Inline("image/jpeg", "AAAA")),
        ("data:IMAGE/GIF;name=a.gif;base64,AAAA", Inline("image/gif", "AAAA")),
        ("data:;base64,AAAA", Inline("application/octet-stream", "AAAA")),
        ("data:text/plain,hello", None),
        ("https://example.com/data:image/png;base64,AAAA", None),
        ("data:image/png;base64,%%%", Inline("image/png", "%%%")),
    ],
)
def test_data_urls(url: str, source: Inline | None) -> None:
    assert read_data_url(url) == source


@pytest.mark.parametrize(
    ("head", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"GIF89a", "image/gif"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"%PDF-1.7", "application/pdf"),
        (b"else", "audio/wav"),
    ],
)
def test_the_bytes_know_better_than_the_declaration(head: bytes, media_type: str) -> None:
    data = base64.b64encode(head + b"\0" * 20).decode()
    source = inline("audio/x-wav", data)
    assert source == Inline(media_type, data)
    assert read_data_url(data_url(source)) == source


def test_text_is_text_if_it_is_utf8() -> None:
    assert decoded_text(Inline("text/plain", base64.b64encode("é".encode()).decode())) == "é"
    assert decoded_text(Inline("text/plain", base64.b64encode(b"\xff").decode())) is None
    assert decoded_text(Inline("text/plain", "%")) is None
