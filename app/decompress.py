"""Request bodies in gzip, deflate, br or zstd, decoded in bounded steps: a bomb never grows past one step."""

import sys
import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any, Protocol

import brotli

from pipeline.errors import BadRequest, UnsupportedMedia

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

STEP = 1 << 20


class Decoder(Protocol):
    def decode(self, piece: bytes) -> Iterator[bytes]: ...

    @property
    def complete(self) -> bool: ...


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._zlib = zlib.decompressobj(wbits)

    def decode(self, piece: bytes) -> Iterator[bytes]:
        while piece:
            yield self._zlib.decompress(piece, STEP)
            if self._zlib.unused_data:
                raise ValueError("data after the end")
            piece = self._zlib.unconsumed_tail

    @property
    def complete(self) -> bool:
        return self._zlib.eof


class _Brotli:
    def __init__(self) -> None:
        self._brotli = brotli.Decompressor()

    def decode(self, piece: bytes) -> Iterator[bytes]:
        yield self._brotli.process(piece, output_buffer_limit=STEP)
        while not self._brotli.can_accept_more_data():
            yield self._brotli.process(b"", output_buffer_limit=STEP)

    @property
    def complete(self) -> bool:
        return bool(self._brotli.is_finished())


class _Zstd:
    def __init__(self) -> None:
        self._zstd: Any = zstd.ZstdDecompressor()

    def decode(self, piece: bytes) -> Iterator[bytes]:
        yield self._zstd.decompress(piece, STEP)
        while not self._zstd.needs_input and not self._zstd.eof:
            yield self._zstd.decompress(b"", STEP)
        if self._zstd.unused_data:
            raise ValueError("data after the end")

    @property
    def complete(self) -> bool:
        return bool(self._zstd.eof)


_DECODERS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: _Zlib(31),
    "x-gzip": lambda: _Zlib(31),
    "deflate": lambda: _Zlib(15),
    "br": _Brotli,
    "zstd": _Zstd,
}


async def decompressed(encoding: str, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """`pieces` decoded. Raises `UnsupportedMedia` for an encoding that is not known, `BadRequest` for data that is not in it.
    Whoever collects the pieces must count them: only he knows how much is too much."""
    make = _DECODERS.get(encoding.strip().lower())
    if make is None:
        raise UnsupportedMedia(f"The content encoding {encoding[:40]!r} is not supported; use gzip, br, zstd or none.")
    decoder = make()
    try:
        async for piece in pieces:
            for step in decoder.decode(piece):
                yield step
    except (zlib.error, brotli.error, zstd.ZstdError, ValueError, EOFError) as problem:
        raise BadRequest(f"The body is not valid {encoding}.", code="invalid_encoding") from problem
    if not decoder.complete:
        raise BadRequest(f"The body's {encoding} data ends too early.", code="invalid_encoding")
