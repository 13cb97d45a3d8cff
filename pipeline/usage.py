"""What a call consumed, in tokens."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens by kind. `input` and `output` are totals: the other token counts are parts of them, never additions.

    input   = fresh + cache_read + cache_write (+ the audio and image parts); cache_write_1h is a part of cache_write
    output  = visible + reasoning (+ the audio and image parts)

    `web_searches` counts what a vendor ran by itself and bills by the call.
    """

    input: int = 0
    output: int = 0
    cache_read: int = 0
    cache_write: int = 0
    cache_write_1h: int = 0
    reasoning: int = 0
    audio_input: int = 0
    audio_output: int = 0
    image_input: int = 0
    image_output: int = 0
    web_searches: int = 0
