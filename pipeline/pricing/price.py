"""A model's price: rates by kind of token, and everything else that vendors charge for."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fractions import Fraction

ONE = Fraction(1)

FALLBACK = {
    "output": "input",
    "cache_read": "input",
    "cache_write": "input",
    "cache_write_1h": "cache_write",
    "audio_input": "input",
    "image_input": "input",
    "reasoning": "output",
    "audio_output": "output",
    "image_output": "output",
}
"""A kind of token without a rate of its own has that of another. `input` has none to fall back to: without it tokens are not
billed at all, and the price lives from calls, seconds or images."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Nano-dollars per million tokens, by kind. None is not told, which is never free."""

    input: int | None = None
    output: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    cache_write_1h: int | None = None
    reasoning: int | None = None
    audio_input: int | None = None
    audio_output: int | None = None
    image_input: int | None = None
    image_output: int | None = None

    def over(self, other: "Rates") -> "Rates":
        """These, and what they do not tell as the others have it."""
        return Rates(*(theirs if mine is None else mine for mine, theirs in zip(_values(self), _values(other), strict=True)))

    def filled(self) -> "Rates":
        """With what `FALLBACK` says for what is not told."""
        told = dict(zip(KINDS, _values(self), strict=True))
        for kind, other in FALLBACK.items():
            if told[kind] is None:
                told[kind] = told[other]
        return Rates(**told)

    @property
    def any(self) -> bool:
        """Whether one of them is told."""
        return any(rate is not None for rate in _values(self))


KINDS = tuple(each.name for each in fields(Rates))


def _values(rates: Rates) -> tuple[int | None, ...]:
    return tuple(getattr(rates, kind) for kind in KINDS)


@dataclass(frozen=True, slots=True)
class Tier:
    """Other rates, for the whole call, when its input is more than `above` tokens; what they do not tell stays."""

    above: int
    rates: Rates


@dataclass(frozen=True, slots=True)
class Hours:
    """Other rates at a time of day: from `start` until `end`, in minutes since midnight of `zone`. An `end` that is not after
    its `start` is on the next day. `days` are those on which a window starts, Monday is 0. `ratio` multiplies what then holds."""

    start: int
    end: int
    zone: dt.tzinfo = dt.UTC
    days: frozenset[int] = frozenset(range(7))
    rates: Rates = field(default_factory=Rates)
    ratio: Fraction = ONE

    def holds(self, at: dt.datetime) -> bool:
        local = at.astimezone(self.zone)
        minute, day = local.hour * 60 + local.minute, local.weekday()
        if self.start < self.end:
            return day in self.days and self.start <= minute < self.end
        if minute >= self.start:
            return day in self.days
        return minute < self.end and (day - 1) % 7 in self.days


@dataclass(frozen=True, slots=True)
class ImageRate:
    """Nano-dollars per million images of this size and quality; None stands for any."""

    rate: int
    size: str | None = None
    quality: str | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """Everything in nano-dollars per million units: tokens, calls, seconds, images, uses of a tool. `ratio` multiplies all.

    Raises `ValueError` for a negative rate, and for tokens that have a rate while `input` has none: one of them could go free.
    """

    rates: Rates = field(default_factory=Rates)
    per_call: int | None = None
    per_second: int | None = None
    images: tuple[ImageRate, ...] = ()
    tools: Mapping[str, int] = field(default_factory=dict)
    tiers: tuple[Tier, ...] = ()
    hours: tuple[Hours, ...] = ()
    ratio: Fraction = ONE
    _ladder: tuple[Tier, ...] = field(init=False, repr=False, compare=False)
    _windows: tuple[tuple[Hours, tuple[Tier, ...]], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        told = [self.rates, *(tier.rates for tier in self.tiers), *(window.rates for window in self.hours)]
        if self.rates.input is None and any(rates.any for rates in told):
            raise ValueError("a price for tokens needs one for `input`")
        each_rate = [rate for rates in told for rate in _values(rates)]
        each_rate += [self.per_call, self.per_second, *self.tools.values(), *(image.rate for image in self.images)]
        ratios = [self.ratio, *(window.ratio for window in self.hours)]
        if any(rate is not None and rate < 0 for rate in each_rate) or any(ratio < 0 for ratio in ratios):
            raise ValueError("a price is never negative")
        object.__setattr__(self, "_ladder", self._steps(Rates()))
        object.__setattr__(self, "_windows", tuple((window, self._steps(window.rates)) for window in self.hours))

    def in_force(self, input_tokens: int, at: dt.datetime) -> tuple[Rates, Fraction]:
        """The rates and the ratio of a call with so much input, at a moment with its time zone. Of windows, the first holds."""
        for window, ladder in self._windows:
            if window.holds(at):
                return _step(ladder, input_tokens), self.ratio * window.ratio
        return _step(self._ladder, input_tokens), self.ratio

    def image_rate(self, size: str | None, quality: str | None) -> int | None:
        """The rate of the entry that says most about this image; none fits: of the dearest, for no image is free by its size."""
        fitting = [each for each in self.images if each.size in (None, size) and each.quality in (None, quality)]
        if fitting:
            return max(fitting, key=lambda each: (each.size is not None, each.quality is not None)).rate
        return max((each.rate for each in self.images), default=None)

    def _steps(self, over: Rates) -> tuple[Tier, ...]:
        """The tiers with all their rates, the highest first; the last one is for any input. `over` is on top of all."""
        above = sorted(self.tiers, key=lambda tier: tier.above, reverse=True)
        made = [Tier(tier.above, over.over(tier.rates).over(self.rates).filled()) for tier in above]
        return (*made, Tier(-1, over.over(self.rates).filled()))


def _step(ladder: tuple[Tier, ...], input_tokens: int) -> Rates:
    for tier in ladder:
        if input_tokens > tier.above:
            return tier.rates
    return ladder[-1].rates
