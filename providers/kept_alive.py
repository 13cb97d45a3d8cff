"""A connection that is kept for the next request may be closed by the vendor at any time.

aiohttp leaves out of its pool what it knows to be closed. What it cannot know is a close that has arrived in the kernel and not
yet in the event loop: a request written then is lost, and nobody can tell whether the vendor had it. So the socket is asked
before the first byte goes out: what has nothing to say must not be readable.
"""

import select
from weakref import WeakSet

import aiohttp
import httpx
from aiohttp.client_reqrep import ClientResponse
from aiohttp.connector import Connection


class StaleConnection(httpx.WriteError):
    """The connection had gone before the request's first byte: the vendor has seen nothing of it."""


class ConnectionGone(aiohttp.ClientError):
    """aiohttp's side of `StaleConnection`: its own errors do not tell how much was sent."""


_used: WeakSet[object] = WeakSet()
"""The connections that have carried a request."""


class CheckedRequest(aiohttp.ClientRequest):
    """Raises `ConnectionGone` instead of writing to a connection that has gone."""

    async def send(self, conn: Connection) -> ClientResponse:
        if conn.protocol in _used:
            if _readable(conn):
                raise ConnectionGone("the kept connection was closed by the other side")
        elif conn.protocol is not None:
            # A new one may be readable: TLS 1.3 sends its session tickets unasked.
            _used.add(conn.protocol)
        return await super().send(conn)


def _readable(conn: Connection) -> bool:
    """Whether the kernel holds an end, a reset, or bytes nobody asked for."""
    if conn.transport is None or conn.transport.is_closing():
        return True
    poll = select.poll()
    poll.register(conn.transport.get_extra_info("socket").fileno(), select.POLLIN)
    return bool(poll.poll(0))
