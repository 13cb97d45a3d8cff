"""httpx's transport interface over aiohttp: the fastest client whose cancelled requests are really over.

See docs/decisions/0002-transport.md for what was measured and what the others got wrong.
"""

from collections.abc import AsyncIterator
from functools import lru_cache

import aiohttp
import httpx
from yarl import URL

from providers.kept_alive import CheckedRequest, ConnectionGone, StaleConnection

KEEP_ALIVE_SECONDS = 15.0
DNS_SECONDS = 60

_MEANINGS: tuple[tuple[type[Exception], type[httpx.TransportError]], ...] = (
    (ConnectionGone, StaleConnection),
    (aiohttp.ConnectionTimeoutError, httpx.ConnectTimeout),
    (aiohttp.ClientProxyConnectionError, httpx.ProxyError),
    (aiohttp.ClientHttpProxyError, httpx.ProxyError),
    (aiohttp.ClientConnectorError, httpx.ConnectError),
    (aiohttp.InvalidURL, httpx.UnsupportedProtocol),
    (aiohttp.ServerTimeoutError, httpx.ReadTimeout),
    (aiohttp.ClientPayloadError, httpx.ReadError),
    (aiohttp.ClientResponseError, httpx.RemoteProtocolError),
    (aiohttp.ClientError, httpx.ReadError),
)


class AiohttpTransport(httpx.AsyncBaseTransport):
    """No redirects: a vendor must not choose where its key is sent. No cookies. No proxy from the environment: a channel names
    its own. Only the connect timeout is kept here; whoever calls bounds the rest."""

    def __init__(self, connect_timeout: float, proxy: str | None) -> None:
        self._connect_timeout = connect_timeout
        self._proxy = proxy
        self._session: aiohttp.ClientSession | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        session = self._session or self._open()
        try:
            content: bytes | httpx.AsyncByteStream = request.content
        except httpx.RequestNotRead:
            assert isinstance(request.stream, httpx.AsyncByteStream)
            content = request.stream
        try:
            response = await session.request(
                request.method,
                _url(str(request.url)),
                headers=request.headers.multi_items(),
                data=content,
                allow_redirects=False,
                proxy=self._proxy,
            )
        except aiohttp.ClientError as problem:
            raise _translated(problem) from problem
        return httpx.Response(response.status, headers=response.raw_headers, stream=_Pieces(response))

    async def aclose(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        """On first use: a session belongs to a running loop."""
        connector = aiohttp.TCPConnector(
            limit=0,
            keepalive_timeout=KEEP_ALIVE_SECONDS,
            ttl_dns_cache=DNS_SECONDS,
            ssl=httpx.create_ssl_context(),
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            request_class=CheckedRequest,
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._connect_timeout),
            trust_env=False,
        )
        return self._session


class _Pieces(httpx.AsyncByteStream):
    """The response's body, each piece as soon as it is here. Closing it before its end closes the connection."""

    def __init__(self, response: aiohttp.ClientResponse) -> None:
        self._response = response

    async def __aiter__(self) -> AsyncIterator[bytes]:
        read = self._response.content.readany
        try:
            while piece := await read():
                yield piece
        except aiohttp.ClientError as problem:
            raise _translated(problem) from problem

    async def aclose(self) -> None:
        if self._response.content.at_eof():
            await self._response.release()
        else:
            self._response.close()


@lru_cache(maxsize=1024)
def _url(text: str) -> URL:
    return URL(text, encoded=True)


def _translated(problem: aiohttp.ClientError) -> httpx.TransportError:
    kind = next(ours for theirs, ours in _MEANINGS if isinstance(problem, theirs))
    return kind(str(problem))
