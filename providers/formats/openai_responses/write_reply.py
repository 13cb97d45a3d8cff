"""From a canonical reply to a whole response."""

from collections.abc import Iterator

import msgspec

from providers.canonical import (
    Candidate,
    Completed,
    Event,
    Finished,
    PartEnded,
    PartStarted,
    Reply,
    Request,
    Started,
    Text,
    TextDelta,
    UsageReported,
)
from providers.formats.openai_responses.write_stream import ResponsesStreamWriter

TIERS = ("auto", "default", "flex", "scale", "priority", "fast", "ultrafast")
"""The enumeration that readers know; other vendors have words of their own."""


def write_reply(reply: Reply, asked: Request) -> bytes:
    """The response with which a stream of the same answer would end."""
    writer = ResponsesStreamWriter(asked)
    writer.feed([*_told(reply)])
    if reply.service_tier in TIERS:
        writer.response["service_tier"] = reply.service_tier
    return msgspec.json.encode(writer.response)


def _told(reply: Reply) -> Iterator[Event]:
    yield Started(reply.id, reply.model, reply.created)
    for candidate in reply.candidates[:1]:
        yield from _parts(candidate)
        yield Finished(candidate.stop)
    if reply.usage is not None:
        yield UsageReported(reply.usage)
    yield Completed()


def _parts(candidate: Candidate) -> Iterator[Event]:
    """The log probabilities are those of the first text."""
    logprobs = candidate.logprobs
    for part in candidate.parts:
        if isinstance(part, Text) and logprobs:
            yield PartStarted(msgspec.structs.replace(part, text=""))
            yield TextDelta(part.text, logprobs=logprobs)
            logprobs = None
        else:
            yield PartStarted(part)
        yield PartEnded()
