"""Log probabilities of tokens: `logprobsResult: {chosenCandidates, topCandidates: [{candidates}]}`."""

from collections.abc import Sequence
from typing import Any

from providers.canonical import TokenLogprob
from providers.formats.counts import parts


def read_logprobs(value: Any) -> tuple[TokenLogprob, ...]:
    tops = [parts(top, "candidates") for top in parts(value, "topCandidates")]
    chosen = parts(value, "chosenCandidates")
    return tuple(_read(token, tops[index] if index < len(tops) else []) for index, token in enumerate(chosen))


def write_logprobs(tokens: Sequence[TokenLogprob]) -> dict[str, Any]:
    found: dict[str, Any] = {"chosenCandidates": [_written(token) for token in tokens]}
    if any(token.top for token in tokens):
        found["topCandidates"] = [{"candidates": [_written(top) for top in token.top]} for token in tokens]
    return found


def _read(token: dict[str, Any], top: Sequence[dict[str, Any]] = ()) -> TokenLogprob:
    text, number = str(token.get("token", "")), token.get("logProbability")
    return TokenLogprob(
        text,
        float(number) if isinstance(number, int | float) else 0.0,
        bytes=tuple(text.encode()),
        top=tuple(_read(each) for each in top),
    )


def _written(token: TokenLogprob) -> dict[str, Any]:
    return {"token": token.token, "logProbability": token.logprob}
