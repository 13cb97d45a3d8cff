"""Log probabilities of an output text's tokens. They are as in chat, but that no member may be null."""

from collections.abc import Sequence
from typing import Any

from providers.canonical import TokenLogprob


def write_logprobs(tokens: Sequence[TokenLogprob]) -> list[dict[str, Any]]:
    return [{**_token(token), "top_logprobs": [_token(each) for each in token.top]} for token in tokens]


def _token(token: TokenLogprob) -> dict[str, Any]:
    raw = token.token.encode() if token.bytes is None else token.bytes
    return {"token": token.token, "logprob": token.logprob, "bytes": list(raw)}
