"""What a request will take, before anybody knows: for limits that reserve it, and for money that is held."""

from pipeline.estimate import estimate_input
from pipeline.flow import Flow
from pipeline.json_object import Buffer, JsonObject

CAPS = ("max_completion_tokens", "max_tokens", "max_output_tokens")
"""Where the formats bound an answer's length; Gemini does it in `generationConfig`."""


class Expected:
    """A flow's note. `input` is estimated when it is first asked for."""

    __slots__ = ("_body", "_buffer", "_input", "_model")

    def __init__(self, body: JsonObject, buffer: Buffer, model: str) -> None:
        self._body = body
        self._buffer = buffer
        self._model = model
        self._input: int | None = None

    @property
    def input(self) -> int:
        """Tokens."""
        if self._input is None:
            self._input = estimate_input(memoryview(self._buffer), self._model)
        return self._input

    def output(self, assumed: int) -> int:
        """All the tokens that the caller allows: for each of its answers the bound, or `assumed` where there is none."""
        return allowed_output(self._body, assumed)


async def expected(flow: Flow) -> Expected:
    """The one of this flow."""
    found = flow.notes.get(Expected)
    if found is None:
        body = await flow.body()
        found = flow.notes[Expected] = Expected(body, await flow.request.body.buffer(), flow.asked_model)
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
