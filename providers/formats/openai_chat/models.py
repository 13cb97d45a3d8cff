"""What OpenAI's model families take, as far as a request must be written differently for them."""

import re

# Also as resellers name them: openai/gpt-5.1, azure-o3-mini. gpt-5-chat does not reason.
_REASONING = re.compile(r"(?:^|[/_.-])(?:o[1-9]|gpt-(?:[5-9]|oss))(?!.*chat)")
_CAN_BE_QUIET = re.compile(r"gpt-5\.[1-9]|gpt-[6-9]")
_MINIMAL = re.compile(r"gpt-5(?!\.|\d)")

STOPS = 4
"""The most stop strings there may be."""


def reasons(model: str) -> bool:
    """Takes `reasoning_effort`; in return it refuses `temperature` and its like, penalties, `logprobs` and `stop`
    (400 unsupported_parameter), whatever their value."""
    return _REASONING.search(model) is not None


def least_effort(model: str) -> str:
    """The nearest to not thinking at all that the model can do."""
    if _CAN_BE_QUIET.search(model):
        return "none"
    return "minimal" if _MINIMAL.search(model) else "low"


def most_effort(model: str, effort: str) -> str:
    """`max` and `xhigh` came with later models."""
    if effort in ("xhigh", "max") and not re.search(r"gpt-5\.[2-9]|gpt-[6-9]", model):
        return "high"
    return effort


_TIERS = {"standard_only": "default", "standard": "default"}


def tier(word: str | None) -> str | None:
    """Anthropic's and Gemini's words for paying as usual are `default`; what they call `auto` is the same."""
    return _TIERS.get(word or "", word)
