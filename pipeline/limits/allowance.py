"""How much of what: `{rpm: 60, tpm: 100_000, concurrent: 5}`, as the pipeline file and the database's rows say it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from pipeline.refusal import placed, refusal, refuse_unknown

MINUTE = 60
DAY = 86_400

UNLIMITED = "unlimited"
MOST = 10**12
"""Redis counts in Lua, whose numbers are exact up to 2^53: this many, twice over, still are."""


@dataclass(frozen=True, slots=True)
class Measure:
    """`window` is in seconds. Without one it is slots that are held, and counted while they are."""

    word: str
    counts: Literal["requests", "tokens", "slots"]
    window: float | None
    told: str


MEASURES: dict[str, Measure] = {
    measure.word: measure
    for measure in (
        Measure("rpm", "requests", MINUTE, "per minute"),
        Measure("tpm", "tokens", MINUTE, "per minute"),
        Measure("rpd", "requests", DAY, "per day"),
        Measure("tpd", "tokens", DAY, "per day"),
        Measure("concurrent", "slots", None, "at a time"),
    )
}


@dataclass(frozen=True, slots=True)
class Allowance:
    """The sizes of some measures. One that is not named is limited by nothing here; one that is `lifted`, not by a default
    either."""

    sizes: tuple[tuple[Measure, int], ...] = ()
    lifted: frozenset[Measure] = frozenset()


@lru_cache(maxsize=4096)
def over(own: Allowance, default: Allowance) -> Allowance:
    """`own`, and of `default` the measures that `own` does not speak of."""
    spoken_of = own.lifted | {measure for measure, _ in own.sizes}
    kept = tuple((measure, size) for measure, size in default.sizes if measure not in spoken_of)
    return Allowance(own.sizes + kept, own.lifted)


def read_allowance(value: Any) -> Allowance:
    """Raises a refusal that says what to write instead."""
    if not isinstance(value, Mapping):
        raise refusal("expected limits such as {rpm: 60}")
    if not value:
        raise refusal(f"this limits nothing: name at least one of {', '.join(MEASURES)}, or leave it out")
    refuse_unknown(value, MEASURES, "a limit")
    read = {MEASURES[word]: placed((word,), _size, size) for word, size in value.items()}
    sizes = tuple((measure, size) for measure, size in read.items() if size is not None)
    return Allowance(sizes, frozenset(measure for measure, size in read.items() if size is None))


def stored_allowance(value: Mapping[str, Any]) -> Allowance | None:
    """What a row says; None for nothing."""
    return read_allowance(value) if value else None


def _size(value: Any) -> int | None:
    if value == UNLIMITED:
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise refusal(f"expected an integer, or `{UNLIMITED}`")
    if not 1 <= value <= MOST:
        raise refusal("must be at least 1: to allow nothing, disable it instead" if value < 1 else f"must be at most {MOST}")
    return value
