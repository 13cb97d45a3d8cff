"""Lists of names with `*` and `?`, as models are allowed and served by."""

import re
from collections.abc import Iterable, Iterator
from fnmatch import translate


class Patterns:
    """Immutable. `name in patterns` is exact or by wildcard, and always case-sensitive."""

    __slots__ = ("_regex", "exact", "wild")

    def __init__(self, names: Iterable[str]) -> None:
        listed = tuple(dict.fromkeys(names))
        self.wild = tuple(name for name in listed if "*" in name or "?" in name)
        self.exact = frozenset(listed) - frozenset(self.wild)
        # `[` means itself in a model's name; `fnmatch.translate` would read a character class.
        self._regex = re.compile("|".join(translate(name.replace("[", "[[]")) for name in self.wild))

    def __contains__(self, name: str) -> bool:
        return name in self.exact or (bool(self.wild) and self._regex.match(name) is not None)

    def __bool__(self) -> bool:
        return bool(self.exact or self.wild)

    def __iter__(self) -> Iterator[str]:
        yield from sorted(self.exact)
        yield from self.wild

    def __repr__(self) -> str:
        return f"Patterns({[*sorted(self.exact), *self.wild]!r})"
