"""What each format's `usage` module offers, and what they share."""

from collections.abc import Iterable
from dataclasses import astuple
from typing import Any, Protocol

from pipeline.usage import Usage
from providers.formats.counts import total


class UsageReader(Protocol):
    """Both take decoded JSON of any shape and never raise. Counts are passed on as they were reported, each from 0 to `LIMIT`:
    sums that disagree, and parts larger than their whole, are for whoever prices them to judge."""

    def read_usage(self, value: Any) -> Usage | None:
        """The format's usage object. None if it tells no token count at all, which is not the same as none used."""
        ...

    def find_usage(self, reply: Any, before: Usage | None = None) -> Usage | None:
        """What is known after this reply, or after this event of a stream, when `before` was known until then. Every format that
        reports more than once reports running totals, so nothing is ever added up over events."""
        ...


def latest(found: Usage | None, before: Usage | None) -> Usage | None:
    """What was found replaces what was known, unless it says nothing, or takes everything back."""
    if found is None or (before is not None and found == Usage()):
        return before
    return found


def summed(usages: Iterable[Usage]) -> Usage:
    """Of several models or rounds that made one reply."""
    return Usage(*(total(*counts) for counts in zip(*map(astuple, usages), strict=True)))
