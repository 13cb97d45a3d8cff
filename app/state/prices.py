"""The words of a price in the state file."""

import re
from fractions import Fraction
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PlainValidator, model_validator
from pydantic_core import to_jsonable_python

from app.config.validate import Strict
from app.config.wording import refusal
from app.prices.stored import price_of
from app.state.values import Model, Name, Nano, Ratio, Vendor, usd_to_rate
from pipeline.pricing.new_api import rates_of_ratios
from pipeline.pricing.price import KINDS, Price

Each = Annotated[int, PlainValidator(usd_to_rate)]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Label = Annotated[str, Field(min_length=1, max_length=100)]


def time_of_day(value: str) -> str:
    if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", value):
        raise refusal("expected a time of day from 00:00 to 24:00, with two digits each")
    return value


def time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, OSError, ValueError):
        raise refusal("expected a time zone such as UTC or Asia/Shanghai") from None
    return value


class Rates(Strict):
    """USD per million tokens, by kind."""

    input: Nano | None = None
    output: Nano | None = None
    cache_read: Nano | None = None
    cache_write: Nano | None = None
    cache_write_1h: Nano | None = None
    reasoning: Nano | None = None
    audio_input: Nano | None = None
    audio_output: Nano | None = None
    image_input: Nano | None = None
    image_output: Nano | None = None


class TierSpec(Rates):
    """Other rates for a call with more than so many input tokens."""

    above: Annotated[int, Field(ge=1)]


class HoursSpec(Rates):
    """Other rates, or another ratio, at a time of day."""

    start: Annotated[str, AfterValidator(time_of_day)]
    end: Annotated[str, AfterValidator(time_of_day)]
    zone: Annotated[str, AfterValidator(time_zone)] = "UTC"
    days: Annotated[tuple[Day, ...], Field(min_length=1)] = get_args(Day)
    ratio: Ratio = "1"


class ImageSpec(Strict):
    """USD for an image of this size and quality; one that is left out stands for any."""

    price: Each
    size: Label | None = None
    quality: Label | None = None


class NewApiSpec(Strict):
    """New-API's ratios: `model_ratio: 1` is $2 per million input tokens, `model_price` is USD per call."""

    model_ratio: Ratio | None = None
    completion_ratio: Ratio | None = None
    cache_ratio: Ratio | None = None
    create_cache_ratio: Ratio | None = None
    image_ratio: Ratio | None = None
    audio_ratio: Ratio | None = None
    audio_completion_ratio: Ratio | None = None
    model_price: Each | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "NewApiSpec":
        if (self.model_ratio is None) == (self.model_price is None):
            raise refusal("a price of New-API says either `model_ratio` or `model_price`")
        return self

    def columns(self) -> dict[str, int]:
        if self.model_price is not None:
            return {"per_call": self.model_price}
        told = self.model_dump(exclude={"model_price"}, exclude_none=True)
        return rates_of_ratios(**{word.removesuffix("_ratio"): Fraction(ratio) for word, ratio in told.items()})


class Place(Strict):
    """What a price is for: a model, or all that fit a pattern, everywhere, at one vendor, or in one channel."""

    model: Model
    vendor: Vendor | None = None
    channel: Name | None = None


class PriceSpec(Rates, Place):
    """USD per million tokens, per call, per second, per image, per use of a tool. What is left out is not known, which is never
    zero: `docs/prices.md` says what it falls back to."""

    per_call: Each | None = None
    per_second: Each | None = None
    images: tuple[ImageSpec, ...] = ()
    tiers: tuple[TierSpec, ...] = ()
    hours: tuple[HoursSpec, ...] = ()
    tools: dict[Label, Each] = Field(default_factory=dict)
    ratio: Ratio = "1"
    new_api: NewApiSpec | None = None

    @model_validator(mode="after")
    def _some_price(self) -> "PriceSpec":
        if self.vendor is not None and self.channel is not None:
            raise refusal("`vendor` and `channel` exclude each other: a channel has its vendor")
        own = self.input is self.output is self.per_call is self.per_second is None and not self.images
        if own and self.new_api is None:
            raise refusal("a price says at least one of `input`, `output`, `per_call`, `per_second`, `images`, `new_api`")
        if self.new_api is not None and not own:
            raise refusal("`new_api` stands instead of the rates: say one or the other")
        try:
            self.price()
        except ValueError:
            # The one thing that this model's fields do not refuse by themselves.
            raise refusal("a price for tokens says `input`, too: 0 if it is free") from None
        return self

    def columns(self) -> dict[str, Any]:
        """As `app.db.prices` stores it, without the model."""
        columns: dict[str, Any] = to_jsonable_python(self.model_dump(exclude={"model", "new_api", "tiers", "hours"}))
        columns |= {"tiers": list(map(_told, self.tiers)), "hours": list(map(_told, self.hours))}
        return columns | (self.new_api.columns() if self.new_api else {})

    def price(self) -> Price:
        return price_of(self.columns())


class FallbackSpec(Strict):
    """USD per million tokens of a model that nobody has priced."""

    input: Nano
    output: Nano


Unpriced = Literal["refuse", "free"] | FallbackSpec


def unpriced_column(unpriced: Unpriced) -> dict[str, int] | None:
    """As `app.db.groups` stores it: nothing to refuse, otherwise the columns of a price, none of them for free."""
    if isinstance(unpriced, FallbackSpec):
        return unpriced.model_dump()
    return {} if unpriced == "free" else None


def _told(spec: Rates) -> dict[str, Any]:
    words: dict[str, Any] = to_jsonable_python(spec.model_dump())
    return {word: value for word, value in words.items() if word not in KINDS or value is not None}
