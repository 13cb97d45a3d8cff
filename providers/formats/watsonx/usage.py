"""Token counts of watsonx's text generation. https://cloud.ibm.com/apidocs/watsonx-ai#text-generation"""

from typing import Any

from pipeline.usage import Usage
from providers.formats.counts import count, parts, tells, total


def read_usage(value: Any) -> Usage | None:
    """See `providers.formats.usage_reader.UsageReader`; `value` is one of the `results`."""
    if not isinstance(value, dict) or not tells(value, "input_token_count", "generated_token_count"):
        return None
    return Usage(input=count(value, "input_token_count"), output=count(value, "generated_token_count"))


def find_usage(reply: Any, before: Usage | None = None) -> Usage | None:
    """A stream's first event counts the input, and later ones say zero; each counts what was generated so far."""
    found = [usage for usage in map(read_usage, parts(reply, "results")) if usage is not None]
    if not found:
        return before
    known = before or Usage()
    return Usage(
        input=max(known.input, total(*(usage.input for usage in found))),
        output=max(known.output, total(*(usage.output for usage in found))),
    )
