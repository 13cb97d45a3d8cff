"""Statuses for statuses: what a failure is called towards callers."""

from collections.abc import Mapping
from typing import Any

from pipeline.overrides.json_text import mapping_of
from pipeline.refusal import KEY, placed, refusal

StatusCodes = Mapping[int, int]


def read_status_codes(value: Any) -> StatusCodes:
    """From `{429: 503}`, also with its numbers as texts, or from its JSON as New-API keeps it. Raises a `ValidationError`
    at the entry's place."""
    return {
        placed((name, KEY), _read_status, name): placed((name,), _read_status, status)
        for name, status in mapping_of(value).items()
    }


def _read_status(value: Any) -> int:
    number = int(value) if isinstance(value, str) and value.isdecimal() else value
    if type(number) is not int or not 400 <= number <= 599:
        raise refusal("expected the status of an error, from 400 to 599")
    return number
