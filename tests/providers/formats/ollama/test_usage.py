"""Ollama's counts, on a reply and on a stream's last line."""

from typing import Any

import pytest

from pipeline.usage import Usage
from providers.formats.ollama.usage import find_usage

REPLIES: dict[str, tuple[dict[str, Any], Usage | None]] = {
    "a chat": ({"message": {}, "done": True, "prompt_eval_count": 26, "eval_count": 298}, Usage(input=26, output=298)),
    "a prompt that was cached": ({"done": True, "eval_count": 5}, Usage(output=5)),
    "an embedding": ({"embeddings": [[0.1]], "prompt_eval_count": 4}, Usage(input=4)),
    "a line before the last": ({"message": {"content": "eval_count"}, "done": False}, None),
}


@pytest.mark.parametrize("case", REPLIES)
def test_what_a_reply_says(case: str) -> None:
    reply, usage = REPLIES[case]
    assert find_usage(reply) == usage
