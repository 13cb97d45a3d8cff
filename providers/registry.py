"""The vendors, by name. A row here and a file in `vendors/` is all it takes to add one."""

from importlib import import_module

from providers.vendor import Vendor

_VENDORS = {
    "openai": "providers.vendors.openai",
    "openai-compatible": "providers.vendors.openai_compatible",
    "anthropic": "providers.vendors.anthropic",
    "echo": "providers.vendors.echo",
}

_loaded: dict[str, Vendor] = {}


def names() -> tuple[str, ...]:
    """Every vendor a channel may name."""
    return tuple(_VENDORS)


def get(name: str) -> Vendor:
    """The vendor's row, imported on first use. Raises KeyError for an unknown name."""
    vendor = _loaded.get(name)
    if vendor is None:
        row = import_module(_VENDORS[name]).VENDOR
        assert isinstance(row, Vendor)
        vendor = _loaded[name] = row
    return vendor
