"""The entries of `pipeline:`, as written: `- auth`, `- auth: {options}`, or `- use: module:Class`; each may have a `timeout`."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from app.config.document import Document
from app.config.problems import ConfigError, Problem, Where
from app.config.validate import Strict, validate
from app.config.wording import refusal
from pipeline.stages import DEFAULT

Timeout = Annotated[float, Field(gt=0, le=86_400)]
"""Seconds."""

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True, slots=True)
class Entry:
    """`at` is the entry's place, `options_at` that of its options; `use` is None for a stage called by name. `timeout` is in
    seconds, for each call of a hook."""

    name: str
    at: Where
    options: Any
    options_at: Where
    use: str | None = None
    timeout: float | None = None


def _has_class(value: str) -> str:
    module, colon, name = value.rpartition(":")
    if not (module and colon and name.isidentifier()):
        raise refusal("expected module:Class or ./file.py:Class")
    return value


class UseEntry(Strict):
    """A third-party stage. Its `name` is what problems, logs and order rules call it; else its class's, in snake case."""

    use: Annotated[str, AfterValidator(_has_class)]
    name: Annotated[str, Field(min_length=1)] | None = None
    config: dict[str, Any] | None = None
    timeout: Timeout | None = None


def read_entries(document: Document) -> tuple[list[Entry], list[Problem]]:
    """The stages asked for, the default ones if there is no list; and what is wrong with the list's form."""
    written = document.get(("pipeline",))
    if written is None:
        return [Entry(name, ("pipeline",), {}, ("pipeline",)) for name in DEFAULT], []
    entries: list[Entry] = []
    problems: list[Problem] = []
    for index, value in enumerate(written if isinstance(written, list) else ()):
        at = ("pipeline", index)
        try:
            entries.append(_entry(document, value, at))
        except ConfigError as error:
            problems += error.problems
    return entries, problems


def stage_names(document: Document) -> set[str]:
    """Names of the entries whose form is right."""
    return {entry.name for entry in read_entries(document)[0]}


def _entry(document: Document, value: Any, at: Where) -> Entry:
    if isinstance(value, str):
        return Entry(value, at, {}, at)
    if isinstance(value, dict) and "use" in value:
        third = validate(document, UseEntry, at)
        name = third.name or _WORD_START.sub("_", third.use.rpartition(":")[2]).lower()
        config_at = (*at, "config") if third.config else at
        return Entry(name, at, third.config or {}, config_at, third.use, third.timeout)
    if isinstance(value, dict) and len(value) - ("timeout" in value and len(value) == 2) == 1:
        name = next(key for key in value if key != "timeout" or len(value) == 1)
        timeout = validate(document, Timeout, (*at, "timeout")) if len(value) == 2 else None
        return Entry(name, at, {} if value[name] is None else value[name], (*at, name), timeout=timeout)
    if isinstance(value, dict) and value:
        first, second = list(value)[:2]
        message = f"one stage in each entry: write `- {second}`, or indent {second!r} to make it an option of {first!r}"
    else:
        message = "expected a stage: `- auth`, `- auth: {options}` or `- use: module:Class`"
    raise ConfigError([document.problem(at, message)])
