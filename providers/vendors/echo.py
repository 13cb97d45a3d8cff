"""A vendor in the gateway's own process, for a first call without an account and for rehearsing trouble.

It answers with the caller's last message, in OpenAI's chat format. The model's name may carry a script after a colon, say
`echo:stall=2,status=503`; see `Script` for its words.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import msgspec

from pipeline.events import sse_event
from providers.vendor import Vendor
from providers.vendors.echo_script import Script, ScriptError

_encode = msgspec.json.encode


class EchoTransport(httpx.AsyncBaseTransport):
    """Answers from the request alone, through the same seam as a real vendor."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        body = msgspec.json.decode(await request.aread())
        try:
            script = Script.of(str(body.get("model", "")))
        except ScriptError as problem:
            return _response(400, "application/json", _error("invalid_script", str(problem)))
        await asyncio.sleep(script.stall)
        if script.status is not None:
            wait = {} if script.retry_after is None else {"retry-after": str(script.retry_after)}
            return _response(script.status, "application/json", _error("rehearsed", "This failure is a rehearsal."), wait)
        if script.html:
            return _response(200, "text/html", b"<html><body>This page is a rehearsal.</body></html>")
        if script.empty:
            return _response(200, "application/json", b"")
        answer = Answer(body, script)
        if body.get("stream") is True:
            return httpx.Response(200, headers={"content-type": "text/event-stream"}, stream=Pieces(answer.events()))
        return _response(200, "application/json", answer.whole())


class Pieces(httpx.AsyncByteStream):
    """A response's bytes, as the transport interface wants them."""

    def __init__(self, pieces: AsyncIterator[bytes]) -> None:
        self._pieces = pieces

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._pieces


class Answer:
    """One echo: as a completion, or word by word."""

    def __init__(self, body: dict[str, Any], script: Script) -> None:
        self._script = script
        self._text = " ".join([_last_text(body)] * script.repeat)
        options = body.get("stream_options")
        self._usage_asked = isinstance(options, dict) and options.get("include_usage") is True and not script.silent
        self._about = {"id": "chatcmpl-echo", "created": int(time.time()), "model": body["model"]}
        prompt = sum(len(_text(message).split()) for message in _messages(body))
        completion = len(self._text.split())
        self._usage = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion}

    def whole(self) -> bytes:
        message = {"role": "assistant", "content": self._text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
        usage = {} if self._script.silent else {"usage": self._usage}
        return _encode({**self._about, "object": "chat.completion", "choices": [choice], **usage})

    async def events(self) -> AsyncIterator[bytes]:
        """Raises `httpx.ReadError` where the script cuts."""
        for count, event in enumerate(self._all_events()):
            if count and self._script.pace:
                await asyncio.sleep(self._script.pace)
            if count == self._script.cut:
                raise httpx.ReadError("the script cuts here")
            if count == self._script.error:
                yield sse_event(_error("rehearsed", "This failure is a rehearsal."))
                return
            yield event

    def _all_events(self) -> Iterator[bytes]:
        yield self._chunk({"role": "assistant", "content": ""})
        for number, word in enumerate(self._text.split(" ")):
            yield self._chunk({"content": f" {word}" if number else word})
        yield self._chunk({}, "stop")
        if self._usage_asked:
            yield sse_event(_encode({**self._about, "object": "chat.completion.chunk", "choices": [], "usage": self._usage}))
        yield sse_event(b"[DONE]")

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        return sse_event(_encode({**self._about, "object": "chat.completion.chunk", "choices": [choice]}))


def _messages(body: dict[str, Any]) -> list[Any]:
    messages = body.get("messages")
    return messages if isinstance(messages, list) else []


def _last_text(body: dict[str, Any]) -> str:
    messages = _messages(body)
    return _text(messages[-1]) if messages else ""


def _text(message: Any) -> str:
    """A message's text, be its content a string or a list of parts."""
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, list):
        return " ".join(str(part.get("text", "")) for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


def _response(status: int, content_type: str, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
    return httpx.Response(status, headers={"content-type": content_type, **(headers or {})}, stream=Pieces(_once(body)))


async def _once(body: bytes) -> AsyncIterator[bytes]:
    yield body


def _error(code: str, message: str) -> bytes:
    return _encode({"error": {"message": message, "type": "server_error", "param": None, "code": code}})


VENDOR = Vendor(
    name="echo",
    label="Echo (in process)",
    base_url="echo://local",
    speaks={"openai_chat": "/chat/completions"},
    needs_key=False,
    models=("echo",),
    local=EchoTransport,
)
