"""Reading a request's body from ASGI: bounded in size and time, decompressed, and with every way it can go wrong named."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

from litestar.types import Receive

from app.decompress import decompressed
from pipeline.errors import BadRequest, BodyTimeout, BodyTooLarge
from pipeline.flow import Headers


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """`size` in bytes, before and after decompression; `idle` seconds between two pieces, `total` for all of it."""

    size: int = 64 << 20
    idle: float = 30
    total: float = 120


def body_pieces(receive: Receive, headers: Headers, limits: BodyLimits, received: Callable[[], None]) -> AsyncIterator[bytes]:
    """The decoded body. `received` is called when the last piece is here, from when on only a disconnect can follow."""
    pieces = _received(receive, headers.get("content-length"), limits, received)
    encoding = headers.get("content-encoding")
    if not encoding or encoding.lower() == "identity":
        return pieces
    return _bounded(decompressed(encoding, pieces), limits)


async def _received(
    receive: Receive, declared: str | None, limits: BodyLimits, received: Callable[[], None]
) -> AsyncIterator[bytes]:
    if declared is not None and declared.isdecimal() and int(declared) > limits.size:
        raise _too_large(limits)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + limits.total
    size, more = 0, True
    while more:
        try:
            async with asyncio.timeout_at(min(deadline, loop.time() + limits.idle)):
                message: Any = await receive()
        except TimeoutError as problem:
            raise BodyTimeout("The request's body did not arrive in time.") from problem
        except Exception as problem:
            # Granian raises a bare RuntimeError for malformed chunked encoding.
            raise BadRequest("The request's body is malformed.", code="malformed_body") from problem
        if message["type"] == "http.disconnect":
            raise BadRequest("The connection closed before the whole body had arrived.", code="incomplete_body")
        more = message.get("more_body", False)
        if not more:
            received()
        if piece := message.get("body", b""):
            size += len(piece)
            if size > limits.size:
                raise _too_large(limits)
            yield piece


async def _bounded(pieces: AsyncIterator[bytes], limits: BodyLimits) -> AsyncIterator[bytes]:
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > limits.size:
            raise _too_large(limits)
        yield piece


def _too_large(limits: BodyLimits) -> BodyTooLarge:
    return BodyTooLarge(f"The request's body is larger than {limits.size >> 20} MiB.")
