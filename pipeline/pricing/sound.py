"""A vendor's usage made fit to be billed: whatever it claims, no count is below zero, beyond belief or more than its whole."""

from dataclasses import dataclass
from typing import Any

from pipeline.usage import Usage

MOST_TOKENS = 16_000_000
"""Above every model's context window, and below what a fault could ruin somebody with."""

MOST_SEARCHES = 100
"""By one call; a vendor that claims more is believed none."""

INPUT_PARTS = ("cache_read", "cache_write", "audio_input", "image_input")
OUTPUT_PARTS = ("reasoning", "audio_output", "image_output")


@dataclass(frozen=True, slots=True)
class Sound:
    """`faults` name what was wrong with the vendor's report, `estimated` tells that a total is our own estimate."""

    usage: Usage
    faults: tuple[str, ...] = ()
    estimated: bool = False


def sound(reported: Usage | None, estimate: Usage, *, most: int = MOST_TOKENS) -> Sound:
    """What may be billed for a call that reported this.

    A total that is no count, below zero or above `most` (the model's context window, where it is known) gives way to the
    estimate's, and its parts with it; so does everything where nothing was reported. A part is at most what its total leaves to
    it: cache reads first, then cache writes, audio and images, since a vendor may count cached audio as both. Never raises:
    fields may hold anything.
    """
    if reported is None:
        return Sound(estimate, ("absent",), estimated=True)
    faults: list[str] = []
    inputs = _trusted(reported, estimate, "input", most, faults)
    outputs = _trusted(reported, estimate, "output", most, faults)
    counts = {"input": inputs.input, "output": outputs.output}
    counts |= _fitted(inputs, INPUT_PARTS, inputs.input, faults)
    counts |= _fitted(inputs, ("cache_write_1h",), counts["cache_write"], faults)
    counts |= _fitted(outputs, OUTPUT_PARTS, outputs.output, faults)
    counts["web_searches"] = _trusted(reported, estimate, "web_searches", MOST_SEARCHES, faults).web_searches
    if not faults:
        return Sound(reported)
    return Sound(Usage(**counts), tuple(faults), estimated=inputs is estimate or outputs is estimate)


def _trusted(reported: Usage, estimate: Usage, total: str, most: int, faults: list[str]) -> Usage:
    """Whose total, and whose parts of it, can be believed."""
    count: Any = getattr(reported, total)
    # True and 1.0 are no counts either.
    if type(count) is int and 0 <= count <= most:
        return reported
    faults.append(f"{total} is no believable count")
    return estimate


def _fitted(usage: Usage, names: tuple[str, ...], whole: int, faults: list[str]) -> dict[str, int]:
    """Each part, as far as the parts before it leave room for it in the whole."""
    fitted: dict[str, int] = {}
    for name in names:
        count: Any = getattr(usage, name)
        if type(count) is not int or count < 0:
            faults.append(f"{name} is no count")
            count = 0
        elif count > whole:
            faults.append(f"{name} is more than is left for it")
            count = whole
        fitted[name] = count
        whole -= count
    return fitted
