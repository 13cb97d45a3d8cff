"""A caller on a bare socket: sends what no HTTP library would, and reads whatever comes back."""

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson


@dataclass(frozen=True)
class RawReply:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return orjson.loads(self.body)


async def send(port: int, *pieces: bytes, seconds: float = 10) -> RawReply:
    """Sends the pieces and reads one reply. Raises `TimeoutError` if there is none, `EOFError` if the connection just closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        async with asyncio.timeout(seconds):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
            return await _read(reader)
    finally:
        writer.close()


def post(path: str, body: bytes, *headers: str, host: str | None = "Host: localhost") -> bytes:
    lines = [f"POST {path} HTTP/1.1", *([host] if host else []), "Connection: close", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


async def _read(reader: asyncio.StreamReader) -> RawReply:
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)}
    if headers.get("transfer-encoding") == "chunked":
        body = b""
        while size := int(await reader.readline(), 16):
            body += await reader.readexactly(size)
            await reader.readexactly(2)
    else:
        body = await reader.readexactly(int(headers.get("content-length", 0)))
    return RawReply(int(first.split(" ")[1]), headers, body)
