"""What is wrong with a configuration, and where."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

Where = tuple[str | int, ...]
"""A place inside a document: `("pipeline", 3, "rate_limit", "user")`."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake. Lines and columns count from 1; line 0 is a place without lines, such as the environment."""

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        return ": ".join(part for part in (place, self.path, self.message) if part)


class ConfigError(Exception):
    """Everything that is wrong, in reading order, each mistake once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(dict.fromkeys(problems), key=lambda found: (found.file, found.line, found.column))
        super().__init__(self.problems)

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is probably a misspelling of."""
    by_lower = {name.lower(): name for name in known}
    near = get_close_matches(word.lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None


def suggest(word: str, known: Iterable[str]) -> str:
    """`, did you mean 'port'?` for a word that is nearly a known one, else nothing."""
    near = nearest(word, known)
    return f", did you mean {near!r}?" if near else ""


def dotted(where: Where) -> str:
    """`pipeline[3].rate_limit.user`; a name with a dot or a space in it is quoted: `models['gpt-4.1']`."""
    path = ""
    for step in where:
        if isinstance(step, int) or any(mark in step for mark in ".[] '"):
            path += f"[{step!r}]"
        else:
            path += f".{step}" if path else step
    return path
