"""One scope's limits, ready-made: whose counter a flow counts at, and how much that allows."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.flow import Attempt, Flow
from pipeline.limits.allowance import Allowance, over
from pipeline.limits.claims import Claim
from pipeline.limits.parts import PARTS
from pipeline.limits.reservation import Reservation
from pipeline.patterns import Patterns

NOTHING = Allowance()


class Selector:
    """Names or patterns, one for each part of the scope, and what they are allowed. `wild` counts the patterns: the fewer, the
    sooner it is looked at."""

    def __init__(self, patterns: Sequence[str], allowance: Allowance) -> None:
        self._patterns = tuple(Patterns((pattern,)) for pattern in patterns)
        self.wild = sum(bool(pattern.wild) for pattern in self._patterns)
        self.allowance = allowance

    def matches(self, names: tuple[str, ...]) -> bool:
        return all(name in patterns for name, patterns in zip(names, self._patterns, strict=True))


class Scope:
    """`name` is the parts, joined by `+`. Every user, model, … of the scope has a counter of its own; what it is allowed says the
    first selector that matches."""

    def __init__(self, name: str, selectors: Sequence[Selector] = ()) -> None:
        self.name = name
        parts = [PARTS[part] for part in name.split("+")]
        self._who = tuple(part.who for part in parts)
        self.of_target = any(part.of_target for part in parts)
        ordered = sorted(selectors, key=lambda selector: selector.wild)
        self.limits_nothing = not ordered

        @lru_cache(maxsize=4096)
        def allowed(names: tuple[str, ...]) -> Allowance:
            return next((selector.allowance for selector in ordered if selector.matches(names)), NOTHING)

        self._allowed = allowed

    def claims(self, flow: Flow, attempt: Attempt | None, own: Allowance | None, reserved: Reservation) -> Iterator[Claim]:
        """`own` is what the database says of this very user, token, group or channel; it goes before the scope's default."""
        if own is None and self.limits_nothing:
            return
        found = [known for who in self._who if (known := who(flow, attempt)) is not None]
        if len(found) < len(self._who):
            return
        names = tuple(name for _, name in found)
        allowance = self._allowed(names)
        if own is not None:
            allowance = over(own, allowance)
        if not allowance.sizes:
            return
        # No name has control characters in it, so no two subjects look alike.
        subject = "\x1f".join((self.name, *(id_ for id_, _ in found)))
        for measure, size in allowance.sizes:
            yield Claim(self.name, names, subject, measure, size, reserved.tokens if measure.counts == "tokens" else 1)
