"""What a request will take, before anybody knows: for limits that reserve it, and for money that is held."""

from pipeline.flow import Flow
from pipeline.json_object import JsonObject

BYTES_PER_TOKEN = 4
"""English prose in the common vocabularies; other scripts have more bytes a token, and JSON's own marks make up for some."""

CAPS = ("max_completion_tokens", "max_tokens", "max_output_tokens")
"""Where the formats bound an answer's length; Gemini does it in `generationConfig`."""


class Expected:
    """A flow's note. `input` is estimated when it is first asked for."""

    __slots__ = ("_body", "_input", "_size")

    def __init__(self, body: JsonObject, size: int) -> None:
        self._body = body
        self._size = size
        self._input: int | None = None

    @property
    def input(self) -> int:
        """Tokens."""
        if self._input is None:
            self._input = max(1, self._size // BYTES_PER_TOKEN)
        return self._input

    def output(self, assumed: int) -> int:
        """All the tokens that the caller allows: for each of its answers the bound, or `assumed` where there is none."""
        return allowed_output(self._body, assumed)


async def expected(flow: Flow) -> Expected:
    """The one of this flow."""
    found = flow.notes.get(Expected)
    if found is None:
        size = len(await flow.request.body.buffer())
        found = flow.notes[Expected] = Expected(await flow.body(), size)
    return found


def allowed_output(body: JsonObject, assumed: int) -> int:
    """Tokens that a request in any format allows for its answers together."""
    bounds = [value for name in CAPS if _counts(value := body.get(name))]
    answers = body.get("n")
    if isinstance(settings := body.get("generationConfig"), dict):
        bounds += [value for value in (settings.get("maxOutputTokens"),) if _counts(value)]
        answers = settings.get("candidateCount", answers)
    return (bounds[0] if bounds else assumed) * (answers if _counts(answers) else 1)


def _counts(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0
