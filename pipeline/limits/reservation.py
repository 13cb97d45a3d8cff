"""How many tokens a request is counted for until its usage is known, and afterwards."""

from pipeline.flow import Attempt, Flow
from pipeline.json_object import JsonObject

BYTES_PER_TOKEN = 4
"""English prose in the common vocabularies; other scripts have more bytes a token, and JSON's own marks make up for some."""

CAPS = ("max_completion_tokens", "max_tokens", "max_output_tokens")
"""Where the formats bound an answer's length."""


class Reservation:
    """A flow's note. `tokens` is worked out when a limit first asks for it: the input, estimated, and all the output that the
    caller allows, for each of `n` answers its bound or `assume_output`."""

    __slots__ = ("_assume_output", "_body", "_size", "_tokens")

    def __init__(self, body: JsonObject, size: int, assume_output: int) -> None:
        self._body = body
        self._size = size
        self._assume_output = assume_output
        self._tokens: int | None = None

    @property
    def tokens(self) -> int:
        if self._tokens is None:
            self._tokens = estimate_input(self._size) + self._output()
        return self._tokens

    def _output(self) -> int:
        bounds = [value for name in CAPS if _counts(value := self._body.get(name))]
        answers = self._body.get("n")
        return (bounds[0] if bounds else self._assume_output) * (answers if _counts(answers) else 1)


async def reservation(flow: Flow, assume_output: int) -> Reservation:
    """The one of this flow."""
    found = flow.notes.get(Reservation)
    if found is None:
        size = len(await flow.request.body.buffer())
        found = flow.notes[Reservation] = Reservation(await flow.body(), size, assume_output)
    return found


def estimate_input(size: int) -> int:
    """Tokens of a body of `size` bytes."""
    return max(1, size // BYTES_PER_TOKEN)


def used_tokens(attempt: Attempt | None) -> int | None:
    """What an attempt really took, cached input like any other; 0 for one that failed, None where it is not told: a vendor that
    reports nothing, or a caller who left before."""
    if attempt is None or attempt.failure is not None:
        return 0
    return None if attempt.usage is None else attempt.usage.input + attempt.usage.output


def _counts(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
