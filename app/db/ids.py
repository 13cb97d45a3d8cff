"""Ids in the order of time, so that rows are appended to an index, and a list can be read on from any of its rows."""

import random
import uuid

_VERSION = 7 << 76
_VARIANT = 2 << 62
_FRACTIONS = 1 << 12
"""Within a millisecond: twelve bits of it in the place of random ones."""


def time_ordered(at: float) -> uuid.UUID:
    """A new id for something that happens at `at`, in Unix seconds. RFC 9562, section 5.7, with 6.2's method 3."""
    return uuid.UUID(int=_moment(at) | random.getrandbits(62))  # tells rows apart; guards nothing


def first_at(at: float) -> uuid.UUID:
    """Not above any id of that moment, and above all from before."""
    return uuid.UUID(int=_moment(at))


def _moment(at: float) -> int:
    ticks = max(int(at * 1000 * _FRACTIONS), 0)
    milliseconds, fraction = divmod(ticks, _FRACTIONS)
    return (milliseconds & (1 << 48) - 1) << 80 | _VERSION | fraction << 64 | _VARIANT
