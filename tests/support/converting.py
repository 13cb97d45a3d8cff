"""An answer through the engine's own conversion, without a vendor and a network."""

from collections.abc import Iterable

from pipeline.json_object import JsonObject
from providers import canonical, formats
from providers.carried import Carried
from providers.converting import Conversion
from providers.formats.codec import Written
from providers.sse import EventSplitter


def conversion(vendor: str, caller: str, asked: canonical.Request | None = None) -> Conversion:
    """From the vendor's format to the caller's. The caller asked for usage."""
    request = asked or canonical.Request(owner=caller, model="asked", messages=(), include_usage=True)
    return Conversion(formats.codec(caller), formats.codec(vendor), request, Written(JsonObject.of({})), Carried(), "u1")


def stream(vendor: str, caller: str, pieces: Iterable[bytes]) -> tuple[bytes, bool]:
    """What the caller gets of a stream, and whether it is all there. As `providers.stream` does it."""
    tap, splitter = conversion(vendor, caller).stream(), EventSplitter()
    out: list[bytes] = []
    for piece in pieces:
        if tap.failure is None:
            out += tap.feed(splitter.feed(piece))
    if tap.failure is None and (rest := splitter.finish()):
        out += tap.feed([rest])
    if tap.complete and tap.failure is None:
        out += tap.finish()
    return b"".join(out), tap.complete and tap.failure is None
