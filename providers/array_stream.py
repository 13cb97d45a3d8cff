"""Streams whose caller wants them as one JSON array: those that a vendor sends so, and those that have to be told so."""

from pipeline.errors import GatewayError
from pipeline.events import event_data
from pipeline.ports import ErrorFormat
from pipeline.usage import Usage
from providers.formats.wire import StreamTap
from providers.json_array import is_end

SEPARATOR = b",\r\n"
END = b"]"


class ArrayStream:
    """Implements `providers.formats.wire.StreamTap` around another. `fail` ends the array, wherever it stands, with an element
    that has the error."""

    def __init__(self, inner: StreamTap, errors: ErrorFormat, flow_id: str) -> None:
        self._inner = inner
        self._errors = errors
        self._flow_id = flow_id
        self._begun = False
        self._closed = False

    @property
    def failure(self) -> GatewayError | None:
        return self._inner.failure

    @property
    def usage(self) -> Usage | None:
        return self._inner.usage

    @property
    def done(self) -> bool:
        return self._inner.done

    @property
    def complete(self) -> bool:
        return self._inner.complete

    def feed(self, events: list[bytes]) -> list[bytes]:
        return self._elements(self._inner.feed(events))

    def finish(self) -> list[bytes]:
        out = self._elements(self._inner.finish())
        self._closed = True
        return [*out, END if self._begun else b"[" + END]

    def fail(self, error: GatewayError) -> bytes:
        if self._closed:
            return b""
        self._closed = True
        return b"".join(self._elements([self._errors.event(error, self._flow_id)])) + END

    def _elements(self, events: list[bytes]) -> list[bytes]:
        out: list[bytes] = []
        for event in events:
            if data := event_data(event):
                out.append((SEPARATOR if self._begun else b"[") + data)
                self._begun = True
        return out


class PassedArray(ArrayStream):
    """The vendor's own array, byte for byte. It is whole when it is closed."""

    @property
    def done(self) -> bool:
        return self._closed

    @property
    def complete(self) -> bool:
        return self._closed

    def feed(self, events: list[bytes]) -> list[bytes]:
        self._begun = self._begun or any(event_data(event) for event in events)
        self._closed = self._closed or any(is_end(event) for event in events)
        return self._inner.feed(events)

    def finish(self) -> list[bytes]:
        return self._inner.finish()
