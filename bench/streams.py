"""Many streams at once, each read to its end: how many ended well, and how long they took."""

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from typing import NamedTuple

LONGEST_SECONDS = 60
CONNECTING_AT_ONCE = 64
"""A listener's backlog is finite."""

_DONE = b"data: [DONE]"
_END = b"0\r\n\r\n"


class Streamed(NamedTuple):
    """`seconds` has one entry for each stream that ended well: status 200, `[DONE]`, and the body's own end."""

    asked: int
    seconds: list[float]


async def read_all(port: int, path: str, headers: Mapping[str, str], body: str, at_once: int) -> Streamed:
    content = body.encode()
    fields = "".join(f"{name}: {value}\r\n" for name, value in {**headers, "content-length": str(len(content))}.items())
    request = f"POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n{fields}\r\n".encode() + content
    connecting = asyncio.Semaphore(CONNECTING_AT_ONCE)
    found = await asyncio.gather(*(_read(port, request, connecting) for _ in range(at_once)))
    return Streamed(at_once, [seconds for seconds in found if seconds is not None])


async def _read(port: int, request: bytes, connecting: asyncio.Semaphore) -> float | None:
    """Seconds from the request to the end, or None if it was no good one."""
    with suppress(OSError, EOFError, TimeoutError):
        async with asyncio.timeout(LONGEST_SECONDS):
            async with connecting:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                begun = time.perf_counter()
                writer.write(request)
                if b" 200 " in await reader.readline() and await _ends_well(reader):
                    return time.perf_counter() - begun
            finally:
                writer.close()
    return None


async def _ends_well(reader: asyncio.StreamReader) -> bool:
    """Until the last chunk of the body: the events are not taken apart, which would cost the servers a share of the machine."""
    tail = b""
    while not tail.endswith(_END):
        piece = await reader.read(1 << 16)
        if not piece:
            return False
        tail = (tail + piece)[-256:]
    return _DONE in tail
