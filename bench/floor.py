"""The floor: the least a proxy on this stack can do. A bare `@asgi` handler with the gateway's transport: parse the body, change
one key, dump, call, parse the usage. No key is checked, no failure handled, no caller missed."""

import os
from functools import cache

import httpx
import orjson
from litestar import Litestar, asgi
from litestar.types import Receive, Scope, Send

from providers.aiohttp_transport import AiohttpTransport

UPSTREAM = os.environ.get("BENCH_UPSTREAM", "")
HEADERS = {"content-type": "application/json", "accept-encoding": "identity"}


@cache
def transport() -> AiohttpTransport:
    return AiohttpTransport(5, None)


@asgi("/", is_mount=True, copy_scope=False)
async def proxy(scope: Scope, receive: Receive, send: Send) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")  # type: ignore[operator]
        more = bool(message.get("more_body"))
    asked = orjson.loads(body)
    asked["model"] = "m"
    request = httpx.Request("POST", UPSTREAM, headers=HEADERS, content=orjson.dumps(asked))
    response = await transport().handle_async_request(request)
    content_type = response.headers["content-type"].encode()
    await send({"type": "http.response.start", "status": response.status_code, "headers": [(b"content-type", content_type)]})
    assert isinstance(response.stream, httpx.AsyncByteStream)
    if asked.get("stream"):
        async for piece in response.stream:
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
    else:
        whole = b"".join([piece async for piece in response.stream])
        assert orjson.loads(whole)["usage"]
        await send({"type": "http.response.body", "body": whole, "more_body": False})
    await response.stream.aclose()


app = Litestar([proxy], openapi_config=None, logging_config=None)
