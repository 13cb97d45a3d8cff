"""Which transport carries a channel's requests: one per proxy, or the vendor's own in-process one."""

import httpx

from providers.aiohttp_transport import AiohttpTransport
from providers.vendor import Vendor


class Transports:
    """Made on first use, kept for the worker's life: each holds a pool of connections."""

    def __init__(self, connect_timeout: float) -> None:
        self._connect_timeout = connect_timeout
        self._by_proxy: dict[str | None, httpx.AsyncBaseTransport] = {}
        self._local: dict[str, httpx.AsyncBaseTransport] = {}

    def get(self, vendor: Vendor, proxy: str | None) -> httpx.AsyncBaseTransport:
        if vendor.local is not None:
            if vendor.name not in self._local:
                self._local[vendor.name] = vendor.local()
            return self._local[vendor.name]
        transport = self._by_proxy.get(proxy)
        if transport is None:
            transport = self._by_proxy[proxy] = AiohttpTransport(self._connect_timeout, proxy)
        return transport

    async def close(self) -> None:
        for transport in (*self._by_proxy.values(), *self._local.values()):
            await transport.aclose()
        self._by_proxy.clear()
        self._local.clear()
