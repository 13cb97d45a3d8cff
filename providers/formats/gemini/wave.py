"""Plain samples as a WAV file: Gemini speaks in the one, and everybody else's callers can play the other."""

import base64
import binascii
import re
import struct

from providers.canonical import Inline

_RATE = re.compile(r"rate=(\d{1,6})")
USUAL_RATE = 24_000


def as_wave(source: Inline) -> Inline:
    """Of `audio/L16;codec=pcm;rate=24000`: one channel, 16 bits, the lowest byte first."""
    try:
        samples = base64.b64decode(source.data)
    except (binascii.Error, ValueError):
        return source
    found = _RATE.search(source.media_type)
    rate = int(found[1]) if found is not None else USUAL_RATE
    head = struct.pack(
        "<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVEfmt ", 16, 1, 1, rate, rate * 2, 2, 16, b"data", len(samples)
    )
    return Inline("audio/wav", base64.b64encode(head + samples).decode())
