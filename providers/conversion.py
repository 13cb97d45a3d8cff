"""Which formats can be converted into which: the one table, and the choice it makes."""

from collections.abc import Mapping

from pipeline.flow import Route
from providers.vendor import MAIN, Vendor

UPSTREAMS: Mapping[str, tuple[str, ...]] = {
    "openai_chat": ("openai_responses", "anthropic_messages"),
    "openai_responses": ("anthropic_messages", "openai_chat"),
    "anthropic_messages": ("openai_chat", "openai_responses"),
}
"""For each caller's format the other formats that can serve it, the one that keeps most of a request first. What is absent is
unsupported on purpose, and so is every operation but the main one."""


def upstream_format(route: Route, vendor: Vendor, narrowed: tuple[str, ...] | None) -> str | None:
    """The format to speak to this vendor, on a channel narrowed to some: the caller's own if it can be; None if there is none."""
    own = route.format
    if _spoken(own, vendor, narrowed) and vendor.path(own, route.operation) is not None:
        return own
    if route.operation != MAIN:
        return None
    return next((each for each in UPSTREAMS.get(own, ()) if _spoken(each, vendor, narrowed)), None)


def _spoken(wire_format: str, vendor: Vendor, narrowed: tuple[str, ...] | None) -> bool:
    return wire_format in vendor.speaks and (narrowed is None or wire_format in narrowed)
