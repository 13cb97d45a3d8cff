"""New-API's ratios as rates: a model ratio of 1 is $2 per million input tokens, everything else is a multiple of the input."""

from fractions import Fraction

from pipeline.pricing.price import ONE

MODEL_RATIO_OF_ONE = 2_000_000_000
CREATE_CACHE_RATIO = Fraction(5, 4)
"""What New-API takes where a model has no `create_cache_ratio`."""

HOUR_TO_FIVE_MINUTES = Fraction(8, 5)
"""An hour in the cache against five minutes of it: fixed there."""


def rates_of_ratios(
    model: Fraction,
    completion: Fraction = ONE,
    cache: Fraction = ONE,
    create_cache: Fraction = CREATE_CACHE_RATIO,
    image: Fraction = ONE,
    audio: Fraction | None = None,
    audio_completion: Fraction = ONE,
) -> dict[str, int]:
    """Nano-dollars per million tokens by kind; a rate that is not whole is rounded half up. Without a ratio, audio is as text."""
    of_input = {
        "input": ONE,
        "output": completion,
        "cache_read": cache,
        "cache_write": create_cache,
        "cache_write_1h": create_cache * HOUR_TO_FIVE_MINUTES,
        "image_input": image,
    }
    if audio is not None:
        of_input |= {"audio_input": audio, "audio_output": audio * audio_completion}
    return {kind: _whole(MODEL_RATIO_OF_ONE * model * multiple) for kind, multiple in of_input.items()}


def _whole(rate: Fraction) -> int:
    return int((rate + Fraction(1, 2)) // 1)
