"""A call's bill: a line for each kind of thing it took, each rounded once, which add up to the total by construction."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from pipeline.pricing.price import KINDS, ONE, Price
from pipeline.usage import Usage

MILLION = 1_000_000
LARGEST = 2**63 - 1
"""What a database holds as nano-dollars: a little over nine thousand million USD."""


@dataclass(frozen=True, slots=True)
class Images:
    """Images of one size and quality that a call made."""

    count: int
    size: str | None = None
    quality: str | None = None


@dataclass(frozen=True, slots=True)
class Units:
    """What a call took beside tokens: vendors bill it only where the price has a word for it.

    `milliseconds` are those of audio or video, `tools` the uses of each tool that is billed by the use; the web searches that
    a usage counts come on top of them.
    """

    calls: int = 1
    milliseconds: int = 0
    images: tuple[Images, ...] = ()
    tools: Mapping[str, int] = field(default_factory=dict)


ONE_CALL = Units()
WEB_SEARCH = "web_search"
"""The tool whose uses `Usage.web_searches` counts."""


class Line(NamedTuple):
    """`quantity` is in tokens, calls, images, uses, or milliseconds; `rate` in nano-dollars per million tokens, calls, images,
    uses, or seconds. `kind` is a kind of token, `calls`, `seconds`, `images` or `tool:<name>`."""

    kind: str
    quantity: int
    rate: int
    ratio: Fraction
    amount_nano: int


class Bill(NamedTuple):
    lines: tuple[Line, ...]
    total_nano: int


def bill(price: Price, usage: Usage, *, at: dt.datetime, group_ratio: Fraction = ONE, units: Units = ONE_CALL) -> Bill:
    """What this usage costs at a moment (with its time zone). The usage must be sound, see `pipeline.pricing.sound`.

    What a price has no word for is not billed. Raises `OverflowError` where the total is more than a database can hold.
    """
    rates, ratio = price.in_force(usage.input, at)
    if group_ratio != ONE:
        ratio *= group_ratio
    lines: list[Line] = []
    for kind, tokens in zip(KINDS, quantities(usage), strict=True):
        rate = getattr(rates, kind) if tokens > 0 else None
        if rate is not None:
            lines.append(Line(kind, tokens, rate, ratio, amount(tokens * rate, ratio)))
    lines += _other_lines(price, usage, units, ratio)
    total = sum(line.amount_nano for line in lines)
    if total > LARGEST:
        raise OverflowError("a bill beyond all bounds")
    return Bill(tuple(lines), total)


def quantities(usage: Usage) -> tuple[int, ...]:
    """Tokens by kind, in the order of `KINDS`: each token once, as `input` and `output` are totals that hold the others."""
    return (
        usage.input - usage.cache_read - usage.cache_write - usage.audio_input - usage.image_input,
        usage.output - usage.reasoning - usage.audio_output - usage.image_output,
        usage.cache_read,
        usage.cache_write - usage.cache_write_1h,
        usage.cache_write_1h,
        usage.reasoning,
        usage.audio_input,
        usage.audio_output,
        usage.image_input,
        usage.image_output,
    )


def amount(millionths: int, ratio: Fraction, per: int = MILLION) -> int:
    """`quantity x rate`, times an exact ratio, in nano-dollars: rounded half up, here and nowhere else."""
    divisor = per * ratio.denominator
    return (2 * millionths * ratio.numerator + divisor) // (2 * divisor)


def _other_lines(price: Price, usage: Usage, units: Units, ratio: Fraction) -> Iterator[Line]:
    if price.per_call is not None and units.calls > 0:
        yield Line("calls", units.calls, price.per_call, ratio, amount(units.calls * price.per_call, ratio))
    if price.per_second is not None and units.milliseconds > 0:
        cost = amount(units.milliseconds * price.per_second, ratio, per=1000 * MILLION)
        yield Line("seconds", units.milliseconds, price.per_second, ratio, cost)
    for images in units.images:
        rate = price.image_rate(images.size, images.quality)
        if rate is not None and images.count > 0:
            yield Line("images", images.count, rate, ratio, amount(images.count * rate, ratio))
    for name, rate in price.tools.items():
        uses = units.tools.get(name, 0) + (usage.web_searches if name == WEB_SEARCH else 0)
        if uses > 0:
            yield Line(f"tool:{name}", uses, rate, ratio, amount(uses * rate, ratio))
