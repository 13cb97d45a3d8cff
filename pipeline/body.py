"""A request's body: read lazily, once, and replayable for every attempt."""

import asyncio
import mmap
import tempfile
from collections.abc import AsyncIterator
from typing import IO

from pipeline.json_object import Buffer, JsonObject

MEMORY_LIMIT = 1 << 20


class Body:
    """Bytes up to 1 MiB stay in memory; longer ones go to an unlinked spool file, mapped, so that waiting for a slow vendor
    holds no memory of ours."""

    __slots__ = ("_buffer", "_chunks", "_object")

    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks
        self._buffer: Buffer | None = None
        self._object: JsonObject | None = None

    async def buffer(self) -> Buffer:
        """The whole body. Raises what reading it raises: `BodyTooLarge`, `BodyTimeout`, `BadRequest`."""
        if self._buffer is None:
            self._buffer = await _collect(self._chunks)
        return self._buffer

    async def object(self) -> JsonObject:
        """The body as a JSON object; edits are made on it. Raises `BadRequest` if it is anything else."""
        if self._object is None:
            self._object = JsonObject.parse(await self.buffer())
        return self._object


async def _collect(chunks: AsyncIterator[bytes]) -> Buffer:
    held: list[bytes] = []
    size = 0
    async for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size > MEMORY_LIMIT:
            return await _spool(held, chunks)
    return held[0] if len(held) == 1 else b"".join(held)


async def _spool(held: list[bytes], chunks: AsyncIterator[bytes]) -> Buffer:
    file: IO[bytes] = tempfile.TemporaryFile(prefix="aihub-body-")  # noqa: SIM115  # the mapping outlives this function
    with file:
        await asyncio.to_thread(file.writelines, held)
        held, size = [], 0
        async for chunk in chunks:
            held.append(chunk)
            size += len(chunk)
            if size > MEMORY_LIMIT:
                await asyncio.to_thread(file.writelines, held)
                held, size = [], 0
        await asyncio.to_thread(file.writelines, held)
        file.flush()
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
