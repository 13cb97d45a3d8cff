"""Bytes read by the official SDKs: their own parsers, types and accumulators, over a transport that only hands the bytes out."""

from collections.abc import AsyncIterable
from functools import cache
from typing import Any

import anthropic
import httpx
import httpx2
import openai


class _Canned:
    """What the next request is answered with."""

    body = b""
    content_type = ""

    def __call__(self, _: Any) -> Any:
        return self.module.Response(200, headers={"content-type": self.content_type}, content=self.body)

    def __init__(self, module: Any) -> None:
        self.module = module

    def set(self, body: bytes, *, stream: bool) -> None:
        self.body, self.content_type = body, "text/event-stream" if stream else "application/json"


@cache
def _openai() -> tuple[openai.OpenAI, _Canned]:
    canned = _Canned(httpx)
    http = httpx.Client(transport=httpx.MockTransport(canned))
    return openai.OpenAI(api_key="x", base_url="http://x", max_retries=0, http_client=http), canned


@cache
def _anthropic() -> tuple[anthropic.Anthropic, _Canned]:
    canned = _Canned(httpx2)
    http = httpx2.Client(transport=httpx2.MockTransport(canned))
    return anthropic.Anthropic(api_key="x", base_url="http://x", max_retries=0, http_client=http), canned


async def collect(events: AsyncIterable[Any], found: list[Any]) -> None:
    """What came before an error is in `found` as well."""
    async for event in events:
        found.append(event)  # noqa: PERF401  # a comprehension would lose it


def chat(body: bytes) -> Any:
    client, canned = _openai()
    canned.set(body, stream=False)
    return client.chat.completions.create(model="m", messages=[])


def chat_stream(body: bytes) -> Any:
    """Raises `openai.APIError` for an error event."""
    client, canned = _openai()
    canned.set(body, stream=True)
    return list(client.chat.completions.create(model="m", messages=[], stream=True))


def messages(body: bytes) -> Any:
    client, canned = _anthropic()
    canned.set(body, stream=False)
    return client.messages.create(model="m", max_tokens=1, messages=[])


def messages_stream(body: bytes) -> Any:
    """The final message. Raises `anthropic.APIStatusError` for an error event."""
    client, canned = _anthropic()
    canned.set(body, stream=True)
    with client.messages.stream(model="m", max_tokens=1, messages=[]) as events:
        return events.get_final_message()


READERS = {
    ("openai_chat", False): chat,
    ("openai_chat", True): chat_stream,
    ("anthropic_messages", False): messages,
    ("anthropic_messages", True): messages_stream,
}
ERRORS = {"openai_chat": openai.APIError, "anthropic_messages": anthropic.APIStatusError}
