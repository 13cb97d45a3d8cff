"""The usage of every recorded reply, against what each vendor's documents make of the same JSON.

The documented rules know the vendor; the readers know the format alone.
"""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.usage import Usage
from providers.formats.anthropic_messages import usage as anthropic_messages
from providers.formats.bedrock_converse import usage as bedrock_converse
from providers.formats.bedrock_invoke import usage as bedrock_invoke
from providers.formats.cohere import usage as cohere
from providers.formats.dashscope import usage as dashscope
from providers.formats.gemini import usage as gemini
from providers.formats.gemini_interactions import usage as gemini_interactions
from providers.formats.ollama import usage as ollama
from providers.formats.openai_chat import usage as openai_chat
from providers.formats.openai_responses import usage as openai_responses
from providers.formats.usage_reader import UsageReader
from providers.formats.vertex_predict import usage as vertex_predict
from providers.formats.watsonx import usage as watsonx
from tests.support import documented_usage as documented
from tests.support.recorded_replies import RecordedReply, recorded_replies
from tests.support.recordings import MISSING

# What tells no tokens, and why.
NO_TOKENS = {
    "anthropic/count_tokens": "counts, and runs nothing",
    "anthropic/models": "limits, not counts",
    "cohere/embeddings": "an image, billed by the piece",
    "cohere/rerank": "billed by the search",
    "dashscope/task": "pictures, billed by the piece",
    "gemini/cachedContents": "what is stored, not what was used",
    "openai/audio-transcription": "billed by the second",
    "openrouter/rerank": "billed by the search",
    "xai/images": "billed by the piece",
}


Rule = Callable[[RecordedReply], Usage]
CHAT: tuple[UsageReader, Rule] = (openai_chat, documented.chat)
RESPONSES: tuple[UsageReader, Rule] = (openai_responses, documented.responses)
GEMINI: tuple[UsageReader, Rule] = (gemini, documented.generate_content)
QWEN: tuple[UsageReader, Rule] = (dashscope, documented.qwen)
MESSAGES: tuple[UsageReader, Rule] = (anthropic_messages, documented.messages)
COHERE: tuple[UsageReader, Rule] = (cohere, documented.billed)
OLLAMA: tuple[UsageReader, Rule] = (ollama, documented.evaluated)

# By endpoint, or by vendor and endpoint where vendors call different things the same.
READERS: dict[str, tuple[UsageReader, Rule]] = {
    "chat": CHAT,
    "completions": CHAT,
    "embeddings": CHAT,
    "moderations": CHAT,
    "audio-transcription": CHAT,
    "rerank": CHAT,
    "writer/chat-v1": CHAT,
    "responses": RESPONSES,
    "responses-get": RESPONSES,
    "images": RESPONSES,
    "messages": MESSAGES,
    "rawPredict": MESSAGES,
    "generateContent": GEMINI,
    "streamGenerateContent": GEMINI,
    "embedContent": GEMINI,
    "interactions": (gemini_interactions, documented.interactions),
    "predict": (vertex_predict, documented.embedded),
    "converse": (bedrock_converse, documented.converse),
    "converse-stream": (bedrock_converse, documented.converse),
    "invoke-with-response-stream": (bedrock_invoke, documented.invoke),
    "cohere/chat-v1": COHERE,
    "cohere/chat-v2": COHERE,
    "api-chat": OLLAMA,
    "api-generate": OLLAMA,
    "api-embed": OLLAMA,
    "app-completion": QWEN,
    "multimodal-generation": QWEN,
    "dashscope/rerank": QWEN,
    "dashscope/text-generation": QWEN,
    "watsonx/text-generation": (watsonx, documented.generated),
}

REPLIES = recorded_replies()
INVOKED = [reply for reply in REPLIES if reply.endpoint == "invoke"]
COUNTING = [reply for reply in REPLIES if reply.counts and reply not in INVOKED]
TOLD = [reply for reply in COUNTING if f"{reply.vendor}/{reply.endpoint}" not in NO_TOKENS]
pytestmark = pytest.mark.skipif(not REPLIES, reason=MISSING)


def reader_of(reply: RecordedReply) -> tuple[UsageReader, Rule]:
    own = f"{reply.vendor}/{reply.endpoint}"
    return READERS[own] if own in READERS else READERS[reply.endpoint]


def read(reader: UsageReader, values: list[Any]) -> Usage | None:
    known = None
    for value in values:
        known = reader.find_usage(value, known)
    return known


@pytest.mark.parametrize("reply", TOLD, ids=lambda reply: reply.name)
def test_a_recorded_replys_usage_is_what_its_vendor_documents(reply: RecordedReply) -> None:
    reader, rule = reader_of(reply)
    assert read(reader, reply.values) == rule(reply)


@pytest.mark.parametrize("reply", [reply for reply in COUNTING if reply not in TOLD], ids=lambda reply: reply.name)
def test_a_recorded_reply_that_tells_no_tokens_has_no_usage(reply: RecordedReply) -> None:
    for reader, _ in READERS.values():
        assert read(reader, reply.values) is None


@pytest.mark.parametrize("reply", INVOKED, ids=lambda reply: reply.name)
def test_a_recorded_invocations_headers_have_its_usage(reply: RecordedReply) -> None:
    prefix = "x-amzn-bedrock-"
    read, write = (int(reply.headers.get(f"{prefix}cache-{kind}-input-token-count", 0)) for kind in ("read", "write"))
    assert bedrock_invoke.read_headers(reply.headers) == Usage(
        input=int(reply.headers[prefix + "input-token-count"]) + read + write,
        output=int(reply.headers[prefix + "output-token-count"]),
        cache_read=read,
        cache_write=write,
    )


@pytest.mark.parametrize("reply", TOLD, ids=lambda reply: reply.name)
def test_a_recorded_replys_usage_told_again_is_not_added(reply: RecordedReply) -> None:
    reader, _ = reader_of(reply)
    telling = [value for value in reply.values if reader.find_usage(value) is not None]
    assert read(reader, [*telling, telling[-1]]) == read(reader, reply.values)


def test_no_recording_is_left_out() -> None:
    assert {f"{reply.vendor}/{reply.endpoint}" for reply in COUNTING if reply not in TOLD} == set(NO_TOKENS)
    assert len(TOLD) > 180
    assert len(INVOKED) == 3
