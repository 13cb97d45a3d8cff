"""Token counts, as vendors report them."""

from collections.abc import Mapping
from typing import Any

LIMIT = 1 << 40
"""No call takes a million million tokens: such a count is a fault, and would overflow what it is multiplied with."""


def count(value: Mapping[str, Any], name: str) -> int:
    """What is not a whole number from 0 to `LIMIT` counts as zero."""
    found = value.get(name)
    return found if type(found) is int and 0 < found <= LIMIT else 0


def part(value: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = value.get(name)
    return found if isinstance(found, dict) else {}
