"""Calling a vendor: sign, send, and hand over to the exchange. Implements `pipeline.ports.Upstream`."""

import asyncio
import logging
from collections.abc import AsyncIterator
from functools import lru_cache

import httpx

from pipeline.flow import Attempt, Flow
from pipeline.json_object import Buffer
from providers import failures, plan, registry
from providers.carried import Carried
from providers.conversion import upstream_format
from providers.exchange import Exchange, Timeouts
from providers.formats.wire import NotInFormat
from providers.transport import Transports
from providers.vendor import Vendor

log = logging.getLogger("aihub.upstream")

BLOCK = 256 << 10


class HttpUpstream:
    """Every vendor behind httpx's transport interface, those in process included."""

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._transports = Transports(timeouts.connect)
        self._without_usage: set[str] = set()
        self._carried = Carried()

    def serves(self, flow: Flow, vendor: str, narrowed: tuple[str, ...] | None) -> bool:
        return upstream_format(flow.route, registry.get(vendor), narrowed) is not None

    def prepare(self, flow: Flow, attempt: Attempt) -> None:
        plan.prepare(flow, attempt, self._carried, ask_usage=attempt.target.channel.id not in self._without_usage)

    async def send(self, flow: Flow, attempt: Attempt) -> None:
        channel = attempt.target.channel
        vendor = registry.get(channel.vendor)
        exchange = Exchange(flow, attempt, vendor, self._timeouts)
        try:
            async with asyncio.timeout(self._timeouts.first_event if flow.asked_stream else self._timeouts.unary):
                transport = self._transports.get(vendor, channel.proxy)
                await exchange.receive(await transport.handle_async_request(_request(attempt, vendor)))
        except (TimeoutError, httpx.TransportError) as problem:
            log.info("flow %s: attempt %d: %s: %s", flow.id, attempt.number, type(problem).__name__, problem)
            attempt.failure = failures.from_exception(problem)
        except NotInFormat as problem:
            attempt.failure = failures.not_in_format(str(problem))
        finally:
            await exchange.release()
        if exchange.refused_usage:
            self._without_usage.add(channel.id)

    async def close(self) -> None:
        await self._transports.close()


def _request(attempt: Attempt, vendor: Vendor) -> httpx.Request:
    content = attempt.body.encode() if attempt.body is not None else b""
    url, host = _address(attempt.url)
    # httpx would work these two out at thrice the price. An operator's header override may sign otherwise than the vendor's row;
    # nothing that a caller sent gets there.
    own = {"host": host, "content-length": str(len(content))}
    headers = own | vendor.sign(attempt.target.key.secret) | attempt.headers
    return httpx.Request("POST", url, headers=headers, content=content if isinstance(content, bytes) else _blocks(content))


@lru_cache(maxsize=1024)
def _address(url: str) -> tuple[httpx.URL, str]:
    """Parsed once: there is a handful of them, and parsing costs more than the rest of a request's making."""
    parsed = httpx.URL(url)
    return parsed, parsed.netloc.decode()


async def _blocks(content: Buffer) -> AsyncIterator[bytes]:
    """A spooled body goes up in pieces: it is never whole in memory."""
    for start in range(0, len(content), BLOCK):
        yield content[start : start + BLOCK]
