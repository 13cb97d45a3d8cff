"""Log probabilities of tokens."""

from collections.abc import Sequence
from typing import Any

from providers.canonical import TokenLogprob
from providers.formats.loose import object_in, objects_in


def read_logprobs(value: Any) -> tuple[TokenLogprob, ...]:
    """From `{content: [{token, logprob, bytes, top_logprobs}]}`; nothing for anything else."""
    return tuple(_read(each) for each in objects_in(object_in(value).get("content")))


def write_logprobs(tokens: Sequence[TokenLogprob]) -> dict[str, Any] | None:
    return {"content": [_written(token, top=True) for token in tokens], "refusal": None} if tokens else None


def _read(token: dict[str, Any]) -> TokenLogprob:
    number, raw = token.get("logprob"), token.get("bytes")
    return TokenLogprob(
        str(token.get("token", "")),
        float(number) if isinstance(number, int | float) else 0.0,
        tuple(raw) if isinstance(raw, list) else None,
        tuple(_read(each) for each in objects_in(token.get("top_logprobs"))),
    )


def _written(token: TokenLogprob, *, top: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"token": token.token, "logprob": token.logprob, "bytes": token.bytes}
    if top:
        found["top_logprobs"] = [_written(each, top=False) for each in token.top]
    return found
