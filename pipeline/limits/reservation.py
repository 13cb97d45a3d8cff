"""How many tokens a request is counted for until its usage is known, and afterwards."""

from dataclasses import dataclass

from pipeline.expected import Expected
from pipeline.flow import Attempt


@dataclass(frozen=True, slots=True)
class Reservation:
    """The input, estimated, and all the output that the caller allows; `assumed` tokens where it gives no bound. It is worked out
    when a limit asks for it."""

    expected: Expected
    assumed: int

    @property
    def tokens(self) -> int:
        return self.expected.input + self.expected.output(self.assumed)


def used_tokens(attempt: Attempt | None) -> int | None:
    """What an attempt really took, cached input like any other; 0 for one that failed, None where it is not told: a vendor that
    reports nothing, or a caller who left before."""
    if attempt is None or attempt.failure is not None:
        return 0
    return None if attempt.usage is None else attempt.usage.input + attempt.usage.output
