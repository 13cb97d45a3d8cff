"""What a wire format can do: the seam between `providers.upstream` and the format packages beside this file."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pipeline.errors import GatewayError
from pipeline.json_object import JsonObject
from pipeline.ports import ErrorFormat
from pipeline.usage import Usage


class NotInFormat(ValueError):
    """A vendor's reply that is no reply of this format; the text says what it is instead."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the gateway reads from a unary reply, or from a stream's first event: `error` is the vendor's own error object,
    `model` what the vendor says it used. `opening`: an event that only says that the vendor has taken the request; what it makes
    of it comes later."""

    usage: Usage | None = None
    error: Mapping[str, Any] | None = None
    model: str | None = None
    opening: bool = False


class StreamTap(Protocol):
    """Follows one stream, sans-io. Reads usage from the events that carry it and leaves every byte alone, but for the events
    that the gateway alone asked for, which it removes. Or it converts: then what it returns is in the caller's format.

    `failure`: the stream cannot go on after what `feed` returned last. `fail` makes the event (or several, joined) that ends this
    very stream with an error; None if that takes nothing that only the stream knows: then the format's `errors` make it."""

    failure: GatewayError | None

    @property
    def fail(self) -> Callable[[GatewayError], bytes] | None: ...

    @property
    def usage(self) -> Usage | None: ...

    def feed(self, events: list[bytes]) -> list[bytes]: ...

    def finish(self) -> list[bytes]:
        """The connection ended properly: what was held back until then."""
        ...

    @property
    def done(self) -> bool:
        """The end mark came: nothing more has to follow."""
        ...

    @property
    def complete(self) -> bool:
        """The stream may end here: it said why it stopped, or reported its error itself."""
        ...


class WireFormat(Protocol):
    """One format's reading and asking.

    `passed_headers` and those that begin with `passed_prefix` are the vendor's that a caller's SDK reads; `id_header` is where it
    looks for the request's id. `said` are the members of a stream's events that hold what the model says; see
    `providers.formats.said`.
    """

    errors: ErrorFormat
    said: tuple[bytes, ...]
    passed_headers: tuple[str, ...]
    passed_prefix: str
    id_header: str

    def read_unary(self, body: bytes) -> Answer:
        """Raises `NotInFormat`."""
        ...

    def read_first(self, event: bytes) -> Answer | None:
        """A stream's first event; None for one that says nothing (a comment, a heartbeat). Raises `NotInFormat`."""
        ...

    def tap(self, *, hide_usage: bool) -> StreamTap: ...

    def is_last(self, event: bytes) -> bool:
        """Whether this event marks a stream's end."""
        ...

    def ask_usage(self, body: JsonObject) -> bool:
        """Make the body ask for a stream's usage; False if it does already."""
        ...
