"""What a vendor is: a row of data. What a row leaves out, the vendor does not do."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import httpx

from providers.auth import Sign, bearer


@dataclass(frozen=True, slots=True)
class Vendor:
    """One vendor's declaration.

    `base_url` is the one that the vendor's own SDK takes; None means that a channel must give it. `speaks` maps a wire format to
    its path below the base URL. `forward` names the caller's headers that mean something to this vendor; no other is sent.
    `credential_codes` are error codes (or types) by which the vendor says that our account is at fault, whatever the status.
    `unfit_codes` are those by which it says that the request does not suit the model: too long for it, or refused by it.
    `stream_usage` tells whether `stream_options.include_usage` is understood. `local` makes an in-process transport for a vendor
    that needs no network. `models` are what it lists for a channel that only has wildcards. `options` names the channel options
    that its code reads, beside those of every vendor. `genai` is its name in OpenTelemetry's GenAI conventions where that is
    another than `name`.
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
