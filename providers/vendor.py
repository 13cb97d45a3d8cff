"""What a vendor is: a row of data. What a row leaves out, the vendor does not do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from providers.auth import Sign, bearer

MAIN = "chat"
"""The operation that `speaks` is about: an answer to a conversation, under whatever name the format has for it."""


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor's declaration.

    `base_url` is the one that the vendor's own SDK takes; None means that a channel must give it. `speaks` maps a wire format to
    its path below the base URL, `operations` a format and an operation beside its main one. `forward` names the caller's
    headers that mean something to this vendor; no other is sent. `credential_codes` are error codes (or types) by which the
    vendor says that our account is at fault, whatever the status, `unfit_codes` those by which it says that the request does not
    suit the model: too long for it, or refused by it. `stream_usage` tells whether `stream_options.include_usage` is understood.
    `local` makes an in-process transport for a vendor that needs no network. `models` are what it lists for a channel that only
    has wildcards. `options` names the channel options that its code reads, beside those of every vendor. `genai` is its name in
    OpenTelemetry's GenAI conventions where that is another than `name`. `max_output_name` is the member of a chat completion
    that bounds it. `takes_thoughts`: `reasoning_content` goes back to it with the turns it led to. `headers` are sent with every
    request in a format, unless the caller's own are forwarded.
    """

    name: str
    label: str
    base_url: str | None
    speaks: Mapping[str, str]
    sign: Sign = bearer
    forward: tuple[str, ...] = ()
    credential_codes: frozenset[str] = frozenset()
    unfit_codes: frozenset[str] = frozenset()
    stream_usage: bool = True
    needs_key: bool = True
    models: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    genai: str | None = None
    local: Callable[[], httpx.AsyncBaseTransport] | None = field(default=None)
    operations: Mapping[tuple[str, str], str] = field(default_factory=dict)

    max_output_name: str = "max_tokens"
    takes_thoughts: bool = False
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def path(self, wire_format: str, operation: str) -> str | None:
        """None for what it does not do."""
        return self.speaks.get(wire_format) if operation == MAIN else self.operations.get((wire_format, operation))
