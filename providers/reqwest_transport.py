"""httpx's transport interface over reqwest (through `pyreqwest`).

`pyreqwest` ships such an adapter; this one differs in two points that a gateway lives by. A streamed response is handed over at
once: the stock adapter waits until 64 KiB or the end have come before it shows the first event. And httpx's timeouts are not
added up into one: `asyncio.timeout` around the call is what bounds it.
"""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import httpx
from pyreqwest import exceptions
from pyreqwest.client import Client, ClientBuilder
from pyreqwest.proxy import ProxyBuilder
from pyreqwest.response import Response

STREAMED = "streamed"
"""The request extension that asks for each piece as soon as it is here. Without it up to 64 KiB are read ahead."""

_MEANINGS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (exceptions.ConnectTimeoutError, httpx.ConnectTimeout),
    (exceptions.ConnectError, httpx.ConnectError),
    (exceptions.ReadTimeoutError, httpx.ReadTimeout),
    (exceptions.WriteError, httpx.WriteError),
    (exceptions.DecodeError, httpx.RemoteProtocolError),
    (exceptions.PyreqwestError, httpx.ReadError),
)


class ReqwestTransport(httpx.AsyncBaseTransport):
    """No redirects: a vendor must not choose where its key is sent. No proxy from the environment: a channel names its own."""

    def __init__(self, connect_timeout: float, proxy: str | None) -> None:
        builder = ClientBuilder().follow_redirects(False).referer(False).connect_timeout(timedelta(seconds=connect_timeout))
        builder = builder.proxy(ProxyBuilder.all(proxy)) if proxy else builder.no_proxy()
        self._client: Client = builder.build()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        builder = self._client.request(request.method, str(request.url)).headers(request.headers.multi_items())
        try:
            builder = builder.body_bytes(request.content)
        except httpx.RequestNotRead:
            assert isinstance(request.stream, httpx.AsyncByteStream)
            builder = builder.body_stream(request.stream)
        if request.extensions.get(STREAMED):
            builder = builder.streamed_read_buffer_limit(0)
        exchange = builder.build_streamed()
        try:
            response = await exchange.__aenter__()
        except exceptions.PyreqwestError as problem:
            raise _translated(problem) from problem
        return httpx.Response(response.status, headers=list(response.headers.items()), stream=_Pieces(exchange, response))

    async def aclose(self) -> None:
        await self._client.close()


class _Pieces(httpx.AsyncByteStream):
    """The response's body. Closing it before its end closes the connection."""

    def __init__(self, exchange: AbstractAsyncContextManager[Response], response: Response) -> None:
        self._exchange: AbstractAsyncContextManager[Response] | None = exchange
        self._reader = response.body_reader

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            while (piece := await self._reader.read_chunk()) is not None:
                yield bytes(piece)
        except exceptions.PyreqwestError as problem:
            raise _translated(problem) from problem

    async def aclose(self) -> None:
        exchange, self._exchange = self._exchange, None
        if exchange is not None:
            await exchange.__aexit__(None, None, None)


def _translated(problem: exceptions.PyreqwestError) -> httpx.TransportError:
    kind = next(ours for theirs, ours in _MEANINGS if isinstance(problem, theirs))
    return kind(str(problem))
