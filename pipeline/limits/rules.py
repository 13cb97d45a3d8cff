"""The `rate_limit` entry of the pipeline file, read into scopes.

user: {rpm: 600, tpm: 1_000_000}              each user
user+model: {gpt-4*: {rpm: 10}}               each user, at each model that matches
user+group+model: {"*+trial+gpt-4*": {…}}     a name or pattern for each part; a single one is about the last part
assume_output: 4096
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.limits.allowance import MEASURES, read_allowance
from pipeline.limits.parts import PARTS
from pipeline.limits.scope import Scope, Selector
from pipeline.refusal import KEY, near, placed, refusal, refused

ASSUME_OUTPUT = "assume_output"
ASSUMED = 4096
EVERY = "*"
OWN = ("user", "token", "group", "channel")
"""The scopes that the database may say something about, whatever the file does."""


@dataclass(frozen=True, slots=True)
class Rules:
    """`admit` is what can be decided before a target is known; `assume_output` are the tokens reserved for an answer whose caller
    set no bound."""

    admit: tuple[Scope, ...]
    target: tuple[Scope, ...]
    assume_output: int = ASSUMED


def read_rules(value: Any) -> Rules:
    """Raises a refusal at its place."""
    if not isinstance(value, Mapping):
        raise refusal("expected scopes with their limits, such as {user: {rpm: 600}}")
    assumed = placed((ASSUME_OUTPUT,), _tokens, value.get(ASSUME_OUTPUT, ASSUMED))
    scopes: dict[str, Scope] = {}
    for name, limits in value.items():
        if name != ASSUME_OUTPUT:
            _check_name(name, scopes)
            scopes[name] = Scope(name, tuple(_selectors(name, limits)))
    scopes = {own: Scope(own) for own in OWN} | scopes
    return Rules(
        tuple(scope for scope in scopes.values() if not scope.of_target),
        tuple(scope for scope in scopes.values() if scope.of_target),
        assumed,
    )


def _check_name(name: str, before: Mapping[str, Scope]) -> None:
    parts = name.split("+")
    for part in parts:
        if part not in PARTS:
            joined = part.replace("_", "+")
            meant = f", did you mean {joined!r}?" if set(joined.split("+")) <= set(PARTS) else near(part, [ASSUME_OUTPUT, *PARTS])
            raise refused(f"no such scope: {part!r}{meant} (several are joined by `+`)", name, KEY)
    if len(set(parts)) < len(parts):
        raise refused("a scope names each of its parts once", name, KEY)
    for other in before:
        if set(other.split("+")) == set(parts):
            raise refused(f"this is {other!r} in another order: say it all there", name, KEY)


def _selectors(name: str, value: Any) -> Iterator[Selector]:
    """A scope's value is limits for all of it, or a mapping of names to limits."""
    parts = len(name.split("+"))
    if not isinstance(value, Mapping) or not any(isinstance(each, Mapping) for each in value.values()):
        yield Selector([EVERY] * parts, placed((name,), read_allowance, value))
        return
    for word, limits in value.items():
        if word in MEASURES and not isinstance(limits, Mapping):
            message = f'a scope has limits or names, not both: write "*": {{{word}: …}} for everyone else'
            raise refused(message, name, word, KEY)
        yield Selector(placed((name, word, KEY), _patterns, word, parts), placed((name, word), read_allowance, limits))


def _patterns(word: str, parts: int) -> list[str]:
    last_only = parts == 1 or "+" not in word
    patterns = [*[EVERY] * (parts - 1), word] if last_only else word.split("+", parts - 1)
    if len(patterns) != parts or not all(patterns):
        raise refusal(f"expected one name, or {parts} joined by `+` (`*` is every name), got {word!r}")
    return patterns


def _tokens(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10**7:
        raise refusal("expected a number of tokens, from 1 to 10000000")
    return value
