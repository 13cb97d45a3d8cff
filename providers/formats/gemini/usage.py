"""`usageMetadata` of Gemini and Vertex AI. https://ai.google.dev/api/generate-content#UsageMetadata"""

from dataclasses import replace
from typing import Any

from pipeline.usage import Usage
from providers.formats.counts import count, member, part, parts, tells, total
from providers.formats.usage_reader import latest

_COUNTS = ("promptTokenCount", "candidatesTokenCount", "responseTokenCount", "thoughtsTokenCount", "toolUsePromptTokenCount")


def read_usage(value: Any) -> Usage | None:
    """See `providers.formats.usage_reader.UsageReader`. None for Vertex AI's early chunks: they only name the traffic."""
    if not isinstance(value, dict) or not tells(value, *_COUNTS):
        return None
    # What built-in tools returned is beside the prompt, thoughts are beside the candidates; cached content is within the prompt.
    prompt = total(count(value, "promptTokenCount"), count(value, "toolUsePromptTokenCount"))
    # The live API says `response`.
    visible, thoughts = count(value, "candidatesTokenCount", "responseTokenCount"), count(value, "thoughtsTokenCount")
    # Some replies have the thoughts within the candidates: only the total tells.
    within = count(value, "totalTokenCount") == prompt + visible
    return Usage(
        input=prompt,
        output=visible if within else total(visible, thoughts),
        cache_read=count(value, "cachedContentTokenCount"),
        reasoning=thoughts,
        audio_input=_fresh(value, "AUDIO"),
        audio_output=_of(value, "candidatesTokensDetails", "AUDIO"),
        image_input=_fresh(value, "IMAGE"),
        image_output=_of(value, "candidatesTokensDetails", "IMAGE"),
    )


def find_usage(reply: Any, before: Usage | None = None) -> Usage | None:
    """Most chunks of a stream have it, each for the whole stream so far; the searches stand in the chunk that cites them."""
    found = latest(read_usage(member(reply, "usageMetadata")), before)
    searches = _searches(reply)
    if found is None or before is None:
        return found and replace(found, web_searches=searches)
    return replace(found, web_searches=max(searches, before.web_searches))


def _searches(reply: Any) -> int:
    """Gemini 3 is billed by the query. https://ai.google.dev/gemini-api/docs/google-search"""
    grounds = [part(candidate, "groundingMetadata").get("webSearchQueries") for candidate in parts(reply, "candidates")]
    return sum(len(queries) for queries in grounds if isinstance(queries, list))


def _fresh(value: dict[str, Any], modality: str) -> int:
    """The input's tokens of that kind, without those that count as read from the cache."""
    # An embedding's details are `promptTokenDetails`.
    names = ("promptTokensDetails", "promptTokenDetails", "toolUsePromptTokensDetails")
    taken = total(*(_of(value, name, modality) for name in names))
    return max(taken - _of(value, "cacheTokensDetails", modality), 0)


def _of(value: dict[str, Any], name: str, modality: str) -> int:
    return total(*(count(detail, "tokenCount") for detail in parts(value, name) if detail.get("modality") == modality))
