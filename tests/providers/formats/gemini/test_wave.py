"""Samples as a WAV file."""

import base64
import io
import wave

from providers.canonical import Inline
from providers.formats.gemini.wave import as_wave


def test_a_player_can_read_it() -> None:
    samples = base64.b64encode(b"\x01\x00\x02\x00").decode()
    found = as_wave(Inline("audio/l16;codec=pcm;rate=16000", samples))
    assert found.media_type == "audio/wav"
    with wave.open(io.BytesIO(base64.b64decode(found.data))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth(), file.getnframes()) == (16_000, 1, 2, 2)


def test_what_is_no_base64_is_left_alone() -> None:
    broken = Inline("audio/l16", "x")
    assert as_wave(broken) is broken
