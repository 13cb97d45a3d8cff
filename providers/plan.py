"""From a flow and a target to the request that goes up: which path, which headers, which bytes."""

from pipeline.flow import Attempt, Flow
from providers import formats, registry
from providers.carried import Carried
from providers.conversion import upstream_format
from providers.converting import convert
from providers.vendor import MAIN, Vendor

USER_AGENT = "aihub"

COMMON_HEADERS = {
    "content-type": "application/json",
    # Compressing a stream of small events costs the vendor and us time and saves nobody anything.
    "accept-encoding": "identity",
    "user-agent": USER_AGENT,
}

TRACE_HEADERS = ("traceparent", "tracestate")
"""Passed on as they came, whatever the vendor: a hop that takes no part in a trace must not break it."""


def prepare(flow: Flow, attempt: Attempt, carried: Carried, *, ask_usage: bool) -> None:
    """Fill the attempt's `format`, `url`, `headers` and `body`; `ask_usage` unless the channel is known to refuse that.

    In the caller's own format the body stays verbatim unless the model differs from the one that the caller wrote, or usage
    must be asked for; then those top-level values alone are spliced in. Raises a `Rejected` for what another format cannot
    express.
    """
    channel = attempt.target.channel
    vendor = registry.get(channel.vendor)
    wire_format = upstream_format(flow.route, vendor, channel.formats)
    assert wire_format is not None, "routing asks `serves` first"
    attempt.format = wire_format
    attempt.url = url(vendor, channel.base_url, wire_format, flow.route.operation)
    attempt.headers = {**COMMON_HEADERS, **vendor.headers.get(wire_format, {})}
    attempt.headers["accept"] = "text/event-stream" if flow.asked_stream else "application/json"
    verbatim = wire_format == flow.route.format
    for name in (*TRACE_HEADERS, *(vendor.forward if verbatim else ())):
        # httpx encodes headers as ASCII; what is not has no meaning to a vendor either.
        if (value := ", ".join(flow.request.headers.get_all(name))) and value.isascii():
            attempt.headers[name] = value
    if attempt.body is None:
        return
    if not verbatim:
        convert(flow, attempt, vendor, carried)
    elif attempt.model != flow.asked_model:
        attempt.body.set("model", attempt.model)
    if flow.asked_stream and ask_usage and vendor.stream_usage:
        attempt.asked_usage = formats.get(wire_format).ask_usage(attempt.body)


def url(vendor: Vendor, base_url: str | None, wire_format: str, operation: str = MAIN) -> str:
    """The channel's base URL, or the vendor's own, and the operation's path below it."""
    base, path = base_url or vendor.base_url, vendor.path(wire_format, operation)
    if base is None:
        raise ValueError(f"a channel of vendor {vendor.name!r} needs a `base_url`")
    assert path is not None, "the conversion table chose what the vendor speaks"
    return base.rstrip("/") + path
