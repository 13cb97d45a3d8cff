"""From a flow and a target to the request that goes up: which path, which headers, which bytes."""

from pipeline.flow import Attempt, Flow
from providers import formats, registry
from providers.vendor import Vendor

USER_AGENT = "aihub"

COMMON_HEADERS = {
    "content-type": "application/json",
    # Compressing a stream of small events costs the vendor and us time and saves nobody anything.
    "accept-encoding": "identity",
    "user-agent": USER_AGENT,
}

TRACE_HEADERS = ("traceparent", "tracestate")
"""Passed on as they came, whatever the vendor: a hop that takes no part in a trace must not break it."""


def speaks(vendor: Vendor, wire_format: str, narrowed: tuple[str, ...] | None) -> bool:
    """Whether the vendor, on a channel narrowed to some formats, takes `wire_format` as it is."""
    return wire_format in vendor.speaks and (narrowed is None or wire_format in narrowed)


def prepare(flow: Flow, attempt: Attempt, *, ask_usage: bool) -> None:
    """Fill the attempt's `url`, `headers` and `body`; `ask_usage` unless the channel is known to refuse that.

    The body stays verbatim unless the model differs from the one that the caller wrote, or usage must be asked for; then those
    top-level values alone are spliced in.
    """
    channel = attempt.target.channel
    vendor = registry.get(channel.vendor)
    attempt.url = url(vendor, channel.base_url, flow.route.format)
    attempt.headers = dict(COMMON_HEADERS)
    attempt.headers["accept"] = "text/event-stream" if flow.asked_stream else "application/json"
    for name in (*TRACE_HEADERS, *vendor.forward):
        # httpx encodes headers as ASCII; what is not has no meaning to a vendor either.
        if (value := flow.request.headers.get(name)) is not None and value.isascii():
            attempt.headers[name] = value
    body = attempt.body
    if body is None:
        return
    if attempt.model != flow.asked_model:
        body.set("model", attempt.model)
    if flow.asked_stream and ask_usage and vendor.stream_usage:
        attempt.asked_usage = formats.get(flow.route.format).ask_usage(body)


def url(vendor: Vendor, base_url: str | None, wire_format: str) -> str:
    """The channel's base URL, or the vendor's own, and the format's path below it."""
    base = base_url or vendor.base_url
    if base is None:
        raise ValueError(f"a channel of vendor {vendor.name!r} needs a `base_url`")
    return base.rstrip("/") + vendor.speaks[wire_format]
