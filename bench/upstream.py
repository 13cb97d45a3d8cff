"""The vendor's stand-in of the benchmark: Granian's RSGI, no framework, the same bytes every time."""

from typing import Any

import orjson

ABOUT = {"id": "chatcmpl-1", "created": 1, "model": "m"}
TEXT = "Hello there, this is an answer of some length."
CHOICE = {"index": 0, "message": {"role": "assistant", "content": TEXT}, "logprobs": None, "finish_reason": "stop"}
USAGE = {"prompt_tokens": 9, "completion_tokens": 12, "total_tokens": 21}
UNARY = orjson.dumps({**ABOUT, "object": "chat.completion", "choices": [CHOICE], "usage": USAGE})


def _chunk(delta: dict[str, Any], finish: str | None) -> bytes:
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
    return b"data: " + orjson.dumps({**ABOUT, "object": "chat.completion.chunk", "choices": [choice]}) + b"\n\n"


STREAM = [*(_chunk({"content": f"word{number} "}, None) for number in range(98)), _chunk({}, "stop"), b"data: [DONE]\n\n"]


class App:
    def __rsgi_init__(self, loop: Any) -> None:
        """Nothing to open."""

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        body = await protocol()
        if b'"stream":true' not in body:
            protocol.response_bytes(200, [("content-type", "application/json")], UNARY)
            return
        transport = protocol.response_stream(200, [("content-type", "text/event-stream")])
        for event in STREAM:
            await transport.send_bytes(event)


app = App()
