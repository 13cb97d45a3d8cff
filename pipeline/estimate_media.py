"""Tokens of images, recordings and documents in a request, by rules: vendors count by what only a decoder would find out."""

import binascii

IMAGE = 800
"""Between Gemini's 258 for a tile, OpenAI's 765 at 1024 x 1024 and Anthropic's 1,600 at most."""

DOCUMENT = 1_500
"""A page or so; what a link leads to is not known either."""

BYTES_PER_TOKEN = 250
"""Speech at 64 kbit/s, and 32 tokens a second, as Gemini counts. Video and what nobody knows are taken for the same."""

WAVE_BYTES_PER_TOKEN = 1_500
"""Uncompressed, 24,000 samples a second."""

DOCUMENT_BYTES_PER_TOKEN = 15

LONGEST_WORD = 512
"""Letters without a blank, from which on a string may be encoded bytes."""

LINKS = frozenset({"url", "uri", "image_url", "file_url", "file_uri", "fileUri", "image", "video", "audio"})
"""Words that a link to something stands for, in any format."""

SCHEMES = ("http://", "https://", "gs://", "s3://", "oss://")
BASE64_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_"


def media_tokens(word: str, value: str) -> int | None:
    """Of the string that stands for `word`: None if it is text."""
    if word in LINKS and value.startswith(SCHEMES):
        return IMAGE
    start = value.find(",", 0, 100) + 1 if value.startswith("data:") else 0
    if not start and (len(value) < LONGEST_WORD or " " in value[:LONGEST_WORD]):
        return None
    head = value[start : start + LONGEST_WORD].encode(errors="replace")
    if head.translate(None, BASE64_LETTERS):
        return None
    return blob_tokens(_decoded(head), (len(value) - start) * 3 // 4)


def blob_tokens(head: bytes, size: int) -> int:
    """Of so many bytes that begin with `head`."""
    if head.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")) or head[8:12] == b"WEBP":
        return IMAGE
    if head.startswith(b"%PDF"):
        return max(DOCUMENT, size // DOCUMENT_BYTES_PER_TOKEN)
    return size // (WAVE_BYTES_PER_TOKEN if head[8:12] == b"WAVE" else BYTES_PER_TOKEN)


def _decoded(head: bytes) -> bytes:
    try:
        return binascii.a2b_base64(head[:24].translate(bytes.maketrans(b"-_", b"+/")))
    except binascii.Error:
        return b""
