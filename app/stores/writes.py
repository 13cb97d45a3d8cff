"""What is written over a connection of our own: statements with the parameters of each of their runs."""

import datetime as dt
from collections.abc import Callable
from typing import Any

Parameters = tuple[Any, ...]
Write = tuple[str, list[Parameters]]
"""A statement, with `$1` and so on, and the parameters of each of its runs."""

Moment = Callable[[dt.datetime], Any]
"""A moment as a driver wants it."""


def as_text(moment: dt.datetime) -> str:
    """SQLite keeps text, which sorts like time as long as all of it is in UTC."""
    return moment.isoformat(" ")


def as_it_is(moment: dt.datetime) -> dt.datetime:
    return moment
