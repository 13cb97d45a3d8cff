"""The vendor's stand-in of the benchmark: Granian's RSGI, no framework, the same bytes every time.

What a stream is like, the last message says: `[burst]` comes as fast as it can, `[paced]` and `[slow]` at their pace.
"""

import asyncio
from typing import Any

import orjson

ABOUT = {"id": "chatcmpl-1", "created": 1, "model": "m"}
TEXT = "Hello there, this is an answer of some length."
CHOICE = {"index": 0, "message": {"role": "assistant", "content": TEXT}, "logprobs": None, "finish_reason": "stop"}
USAGE = {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21}
UNARY = orjson.dumps({**ABOUT, "object": "chat.completion", "choices": [CHOICE], "usage": USAGE})

DONE = b"data: [DONE]\n\n"
CHUNKS = 100
PACE_SECONDS = 0.02
SLOW_CHUNKS, SLOW_SECONDS = 20, 0.75


def _chunk(delta: dict[str, Any], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return b"data: " + orjson.dumps({**ABOUT, "object": "chat.completion.chunk", "choices": [choice]}) + b"\n\n"


def _events(count: int) -> list[bytes]:
    """`count` with the last one, which says why the answer ends; `[DONE]` comes on top."""
    return [*(_chunk({"content": f"word{number} "}, None) for number in range(count - 1)), _chunk({}, "stop"), DONE]


STREAMS = {
    b"[burst]": (_events(CHUNKS), 0.0),
    b"[paced]": (_events(CHUNKS), PACE_SECONDS),
    b"[slow]": (_events(SLOW_CHUNKS), SLOW_SECONDS),
}


class App:
    def __rsgi_init__(self, loop: Any) -> None:
        """Nothing to open."""

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        body = await protocol()
        for mark, (events, pause) in STREAMS.items():
            if mark in body:
                return await self._stream(protocol, events, pause)
        return protocol.response_bytes(200, [("content-type", "application/json")], UNARY)

    async def _stream(self, protocol: Any, events: list[bytes], pause: float) -> None:
        transport = protocol.response_stream(200, [("content-type", "text/event-stream")])
        for event in events:
            await transport.send_bytes(event)
            if pause:
                await asyncio.sleep(pause)


app = App()
