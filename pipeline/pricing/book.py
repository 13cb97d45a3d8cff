"""The prices of one moment: which one a model has at a vendor and in a channel."""

import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import translate

from pipeline.pricing.price import Price

OPERATOR = "operator"
REMEMBERED = 4096
"""Answers kept by name. Callers choose the names they ask for, so there is a bound; at it, all are forgotten."""


class Entry:
    """The price of a model, or of those that fit a pattern with `*` and `?`; at one vendor, or in the channel of that name, when
    they are told. `origin` says who set it. A price may be given as what makes it: of a long list few are ever asked for."""

    __slots__ = ("_price", "channel", "model", "origin", "vendor")

    def __init__(
        self,
        model: str,
        price: Price | Callable[[], Price],
        vendor: str | None = None,
        channel: str | None = None,
        origin: str = OPERATOR,
    ) -> None:
        self.model = model
        self.vendor = vendor
        self.channel = channel
        self.origin = origin
        self._price = price

    @property
    def price(self) -> Price:
        if not isinstance(self._price, Price):
            self._price = self._price()
        return self._price


class PriceBook:
    """Immutable. `below` is asked for what this book does not have: the shipped prices are below the operator's.

    Within a book the most specific entry wins: one for the channel, then for the vendor, then for everywhere; in each, the exact
    name, then the pattern that spells most of it. An entry with a channel and a vendor is one for the channel.
    """

    def __init__(self, entries: Iterable[Entry] = (), below: "PriceBook | None" = None) -> None:
        self._below = below
        self._exact: dict[tuple[str | None, str | None, str], Entry] = {}
        wild: dict[tuple[str | None, str | None], list[Entry]] = {}
        for entry in entries:
            scope = _scope(entry.vendor, entry.channel)
            if is_pattern(entry.model):
                wild.setdefault(scope, []).append(entry)
            else:
                self._exact[*scope, entry.model] = entry
        self._wild = {scope: [(_regex(entry.model), entry) for entry in _by_detail(found)] for scope, found in wild.items()}
        self._found: dict[tuple[str, str | None, str | None], Entry | None] = {}

    def find(self, model: str, vendor: str | None = None, channel: str | None = None) -> Entry | None:
        """None: nobody has set a price, which is never zero."""
        asked = (model, vendor, channel)
        if asked in self._found:
            return self._found[asked]
        entry = self._own(model, vendor, channel)
        if entry is None and self._below is not None:
            entry = self._below.find(model, vendor, channel)
        if len(self._found) >= REMEMBERED:
            self._found.clear()
        self._found[asked] = entry
        return entry

    def listed(self, model: str, vendor: str) -> Entry | None:
        """What the lowest book has: the vendor's own price, as far as the shipped list knows it."""
        return None if self._below is None else (self._below.listed(model, vendor) or self._below.find(model, vendor))

    def __iter__(self) -> Iterator[Entry]:
        """Every entry, the ones below last."""
        yield from self._exact.values()
        yield from (entry for found in self._wild.values() for _, entry in found)
        yield from self._below or ()

    def _own(self, model: str, vendor: str | None, channel: str | None) -> Entry | None:
        scopes = dict.fromkeys([_scope(None, channel), _scope(vendor, None), _scope(None, None)])
        for scope in scopes:
            if exact := self._exact.get((*scope, model)):
                return exact
            for regex, entry in self._wild.get(scope, ()):
                if regex.match(model):
                    return entry
        return None


def is_pattern(model: str) -> bool:
    return "*" in model or "?" in model


def _scope(vendor: str | None, channel: str | None) -> tuple[str | None, str | None]:
    return (None, channel) if channel is not None else (vendor, None)


def _by_detail(entries: list[Entry]) -> list[Entry]:
    """Those that spell most of a name first; of equals, the one that was declared first."""
    return sorted(entries, key=lambda entry: -sum(letter not in "*?" for letter in entry.model))


def _regex(pattern: str) -> re.Pattern[str]:
    # `[` means itself in a model's name; `translate` would read a character class.
    return re.compile(translate(pattern.replace("[", "[[]")))
