"""Reading counts out of decoded JSON that nobody vouches for: nothing here raises, whatever a vendor sent."""

from collections.abc import Mapping
from typing import Any

LIMIT = 1 << 40
"""No call takes a million million tokens: such a count is a fault, and would overflow what it is multiplied with."""


def member(value: Any, name: str) -> Any:
    """None where `value` is no object."""
    return value.get(name) if isinstance(value, dict) else None


def part(value: Any, *names: str) -> dict[str, Any]:
    """The first of these members that is an object; an empty one if none is."""
    if isinstance(value, dict):
        for name in names:
            found = value.get(name)
            if isinstance(found, dict):
                return found
    return {}


def parts(value: Any, name: str) -> list[dict[str, Any]]:
    """The objects in the list of that name."""
    found = member(value, name)
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def tells(value: Mapping[str, Any], *names: str) -> bool:
    """Whether one of these members is there and not null."""
    return any(value.get(name) is not None for name in names)


def count(value: Mapping[str, Any], *names: str) -> int:
    """The first of these members, each another vendor's name for the same thing, that counts something. One that is not a whole
    number from 0 to `LIMIT` counts as zero."""
    for name in names:
        found = value.get(name)
        if type(found) is int and 0 < found <= LIMIT:
            return found
    return 0


def total(*counts: int) -> int:
    """Their sum, at most `LIMIT`."""
    return min(sum(counts), LIMIT)
