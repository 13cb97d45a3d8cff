"""A whole override of headers, ready to act: which of the caller's pass, then headers by name."""

import re
from collections.abc import Sequence
from typing import Any

from pipeline.flow import Attempt, Flow, Headers
from pipeline.overrides.edit import Decided
from pipeline.overrides.header_names import read_plain, read_settable, readable
from pipeline.overrides.json_text import mapping_of
from pipeline.overrides.placeholders import Template, read_template, sendable
from pipeline.refusal import KEY, placed, refusal, refused

PATTERN_PREFIXES = ("re:", "regex:")


class HeaderOverride:
    """`passes` says which of the caller's headers go up; `named` are set after that, None takes the gateway's own away. What
    operations have decided stays so."""

    __slots__ = ("_named", "_passes")

    def __init__(self, passes: Sequence[re.Pattern[str]], named: dict[str, Template | None]) -> None:
        self._passes = tuple(passes)
        self._named = named

    def apply(self, flow: Flow, attempt: Attempt) -> None:
        headers, caller = attempt.headers, flow.request.headers
        decided = attempt.notes.get(Decided)
        closed = decided.names if decided is not None else set()
        if self._passes:
            self._pass(caller, headers, closed)
        for name, template in self._named.items():
            if name in closed:
                continue
            if template is None:
                headers.pop(name, None)
            elif value := template.fill(attempt.target.key.secret, caller):
                headers[name] = value

    def _pass(self, caller: Headers, headers: dict[str, str], closed: set[str]) -> None:
        # What `Connection` names is for this hop only (RFC 9110, 7.6.1).
        closed = closed | {name.strip().lower() for value in caller.get_all("connection") for name in value.split(",")}
        for name, value in caller:
            wanted = any(pattern.search(name) for pattern in self._passes)
            if wanted and name not in closed and readable(name) and sendable(value):
                headers[name] = value


def read_header_override(value: Any) -> HeaderOverride | None:
    """From a mapping of names, `*` and `re:…` to texts, or from its JSON; None if it does nothing. Raises a `ValidationError`
    at the header's place."""
    passes: list[re.Pattern[str]] = []
    named: dict[str, Template | None] = {}
    for name, text in mapping_of(value).items():
        if text is False:
            continue
        if name == "*":
            passes.append(re.compile(""))
        elif name.startswith(PATTERN_PREFIXES):
            passes.append(placed((name, KEY), _read_pattern, name.partition(":")[2]))
        else:
            lower = placed((name, KEY), read_settable if text is not None else read_plain, name)
            if lower in named:
                raise refused(f"the header {lower!r} is here twice", name, KEY)
            named[lower] = None if text is None else placed((name,), _read_text, text, lower)
    return HeaderOverride(passes, named) if passes or named else None


def _read_pattern(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as problem:
        raise refusal(f"not a regular expression: {problem}") from None


def _read_text(text: Any, name: str) -> Template:
    if not isinstance(text, str):
        raise refusal("expected text")
    return read_template(text, name)
