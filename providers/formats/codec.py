"""What a format can do beyond passing its own bytes on: the seam between `providers.converting` and the format packages.

`wire.py` is the seam for bytes that stay as they are; a format has it for every vendor that speaks it. A format that takes part
in conversions has this one too: `CODEC` in its `codec.py`.

From the caller's format to the vendor's, and back:

    caller.read_request -> Request -> vendor.write_request -> Written           once per flow | per attempt
    vendor.read_reply(Written) -> Reply -> caller.write_reply(Request)          unary
    vendor.stream_reader(Written) -> events -> caller.stream_writer(Request)    stream

All of it is sans-io and pure; nothing reads a clock but a writer's `created`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import httpx

from pipeline.errors import GatewayError
from pipeline.json_object import JsonObject
from pipeline.usage import Usage
from providers.canonical import Event, Reply, Request
from providers.vendor import Vendor


@dataclass(frozen=True, slots=True)
class Destination:
    """Whom a request is written for. `model` is the vendor's own name of it."""

    vendor: Vendor
    model: str


@dataclass(frozen=True, slots=True)
class Written:
    """A request as it goes up, and what the reader of its answer must know of it.

    `dropped` names the knobs that the format does not have, under the names of `canonical.Request` and `.Sampling` or the
    caller's own. `headers` go up beside the body. `names` maps a tool's name as it went up to the caller's, where they differ;
    `wrapped` are the (sent) names of free-text tools that went up as functions with one argument `input`.
    """

    body: JsonObject
    dropped: tuple[str, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    wrapped: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Limits:
    """A vendor's rate-limit headers, by what is counted (`requests`, `tokens`, `input_tokens`, `output_tokens`)."""

    limit: Mapping[str, int] = field(default_factory=dict)
    remaining: Mapping[str, int] = field(default_factory=dict)
    reset: Mapping[str, float] = field(default_factory=dict)
    """Seconds from now."""


class StreamReader(Protocol):
    """Follows one stream of the vendor's. Whatever the pieces of the stream were, the events are the same."""

    usage: Usage | None

    def feed(self, event: bytes) -> list[Event]:
        """One whole raw event. Raises `NotInFormat` for what is none of this format; one that is merely unknown tells nothing."""
        ...

    def finish(self) -> list[Event]:
        """The connection ended properly. Gives what was held back and `Completed`, if the stream may end here and has not."""
        ...

    @property
    def done(self) -> bool:
        """The end mark came: nothing more has to follow."""
        ...

    @property
    def complete(self) -> bool:
        """The stream may end here: it said why it stopped."""
        ...


class StreamWriter(Protocol):
    """Tells one answer to the caller, legal to the strictest reader: order, indexes, and exactly one terminal event, which
    `Completed` makes, or else an error. Never a proper end for what `Completed` did not end."""

    content_type: str
    fail: Callable[[GatewayError], bytes] | None
    """The event (or several, joined) that ends the stream with an error, at any point of it. None if that takes nothing that only
    the stream knows: then the format's `errors` make it."""

    def feed(self, events: Sequence[Event]) -> list[bytes]:
        """Whole raw events for the caller. `Failed` is not among what it is fed: the engine ends the stream then."""
        ...


class Codec(Protocol):
    """One format's reading and writing in full. `name` is the format's; `signs`: its vendors sign or encrypt parts, and want them
    back; `carries_opaque`: it has a place for every such value of every format's, so nothing is remembered for its callers."""

    name: str
    signs: bool
    carries_opaque: bool

    def read_request(self, body: JsonObject, model: str, *, stream: bool) -> Request:
        """`model` and `stream` are the flow's own (Gemini has them in its path). Raises a `Rejected` that names the member that
        is not of this format; unknown members are kept in `extras`."""
        ...

    def write_request(self, request: Request, to: Destination) -> Written:
        """For any `request.owner`, this format's too. Raises `BadRequest` with the message's `place` as `param` for content that
        cannot be expressed, and never leaves it out.

        The bytes of an earlier turn do not depend on later turns. A stream's usage is not asked for here: `WireFormat.ask_usage`.
        """
        ...

    def read_reply(self, body: bytes, sent: Written) -> Reply:
        """A 200's body in which `WireFormat.read_unary` found no error. Raises `NotInFormat`."""
        ...

    def write_reply(self, reply: Reply, asked: Request) -> bytes: ...

    def stream_reader(self, sent: Written) -> StreamReader: ...

    def stream_writer(self, asked: Request) -> StreamWriter: ...

    def read_error(self, status: int, error: Mapping[str, object]) -> GatewayError:
        """A vendor's error object (the one `WireFormat.read_unary` finds, or that of an error reply) as one that any format's
        `errors` can show; see `providers.formats.vendor_error`."""
        ...

    def read_limits(self, headers: httpx.Headers) -> Limits: ...

    def write_limits(self, limits: Limits) -> dict[str, str]: ...
