"""Tokens of Vertex AI's text embeddings. https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api"""

from typing import Any

from pipeline.usage import Usage
from providers.formats.counts import count, part, parts, tells
from providers.formats.usage_reader import latest, summed


def read_usage(value: Any) -> Usage | None:
    """See `providers.formats.usage_reader.UsageReader`; `value` is one embedding's `statistics`."""
    if not isinstance(value, dict) or not tells(value, "token_count"):
        return None
    return Usage(input=count(value, "token_count"))


def find_usage(reply: Any, before: Usage | None = None) -> Usage | None:
    """Each prediction counts its own."""
    statistics = [part(part(prediction, "embeddings"), "statistics") for prediction in parts(reply, "predictions")]
    found = [usage for usage in map(read_usage, statistics) if usage is not None]
    return latest(summed(found) if found else None, before)
