"""Who answers, and for how much: channels, their keys, groups and prices, as one immutable snapshot that the hot path reads.

A change builds a new `Catalog` and swaps it; flows in flight keep the one they started with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from pipeline.patterns import Patterns
from pipeline.pricing.book import PriceBook
from pipeline.pricing.price import ONE, Price

if TYPE_CHECKING:
    from pipeline.channel_options.common import CommonOptions
    from pipeline.limits.allowance import Allowance
    from pipeline.model_mapping import ModelMapping
    from pipeline.overrides.header_override import HeaderOverride
    from pipeline.overrides.param_override import ParamOverride


@dataclass(frozen=True, slots=True)
class ChannelKey:
    """One credential at a vendor. `secret` is kept out of every repr."""

    id: str
    name: str
    secret: str = field(repr=False)
    enabled: bool = True
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Channel:
    """An operator's account at a vendor: where to send, with which keys, for which models and groups.

    `options` are as they were written; the ones that any vendor's channel may have are ready-made in `common`, as are the
    overrides beside it: None for what does nothing.
    """

    id: str
    name: str
    vendor: str
    keys: tuple[ChannelKey, ...]
    models: Patterns
    enabled: bool = True
    base_url: str | None = None
    key_mode: str = "random"
    groups: tuple[str, ...] = ("default",)
    priority: int = 0
    weight: int = 1
    formats: tuple[str, ...] | None = None
    proxy: str | None = field(default=None, repr=False)
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    common: "CommonOptions | None" = field(default=None, repr=False)
    model_mapping: "ModelMapping | None" = field(default=None, repr=False)
    param_override: "ParamOverride | None" = field(default=None, repr=False)
    header_override: "HeaderOverride | None" = field(default=None, repr=False)
    status_code_mapping: Mapping[int, int] = field(default_factory=dict)
    limits: "Allowance | None" = None


@dataclass(frozen=True, slots=True)
class Group:
    """Channels and users meet in groups. `auto` groups are tried, in order, for a token whose group is `auto`, as far as they are
    open to its owner: `usable_by` lists the owners' groups, `*` is everyone's.

    `ratio` multiplies the prices of calls in this group; `ratios` are its members' in other groups, instead of those groups' own.
    `unpriced` is the price of models that have none; None refuses them.
    """

    name: str
    models: Patterns
    auto: bool = False
    usable_by: tuple[str, ...] = ()
    ratio: Fraction = ONE
    ratios: Mapping[str, Fraction] = field(default_factory=dict)
    unpriced: Price | None = None
    limits: "Allowance | None" = None

    def open_to(self, user_group: str) -> bool:
        return user_group == self.name or user_group in self.usable_by or "*" in self.usable_by


@dataclass(frozen=True, slots=True)
class Target:
    """One place that could serve a flow. `tier` orders them: the lowest is tried first. `group` is the one of the caller's groups
    in which the channel was found."""

    channel: Channel
    key: ChannelKey
    model: str
    tier: tuple[int, ...] = ()
    group: str = ""


class Catalog:
    """The channels, groups and prices of one revision."""

    def __init__(
        self, channels: tuple[Channel, ...] = (), groups: tuple[Group, ...] = (), prices: PriceBook | None = None
    ) -> None:
        self.channels = channels
        self.prices = prices or PriceBook()
        self.groups = {group.name: group for group in groups}
        self.auto_groups = tuple(group for group in groups if group.auto)
        self._by_group: dict[str, tuple[Channel, ...]] = {}
        for name in {group for channel in channels for group in channel.groups}:
            self._by_group[name] = tuple(channel for channel in channels if name in channel.groups)

    def in_group(self, group: str) -> tuple[Channel, ...]:
        """The channels of a group, disabled ones included."""
        return self._by_group.get(group, ())

    def ratio(self, user_group: str, group: str) -> Fraction:
        """What multiplies the prices of a call in `group` by a user of `user_group`."""
        own = self.groups.get(user_group)
        if own is not None and group in own.ratios:
            return own.ratios[group]
        called = self.groups.get(group)
        return ONE if called is None else called.ratio

    def price(self, model: str, group: str, channel: Channel) -> Price | None:
        """What a call of `model` in `group` costs when `channel` serves it; None where it is to be refused."""
        entry = self.prices.find(model, channel.vendor, channel.name)
        if entry is not None:
            return entry.price
        called = self.groups.get(group)
        return None if called is None else called.unpriced
