"""Each vendor's row."""

import pytest

from providers import formats, registry
from providers.auth import bearer


@pytest.mark.parametrize("name", registry.names())
def test_a_row_is_known_by_its_name_and_speaks_known_formats(name: str) -> None:
    vendor = registry.get(name)
    assert vendor.name == name
    assert vendor.label
    assert vendor.speaks
    assert set(vendor.speaks) <= set(formats.names())
    assert all(path.startswith("/") for path in vendor.speaks.values())
    assert vendor.base_url is None or not vendor.base_url.endswith("/")
    assert registry.get(name) is vendor


@pytest.mark.parametrize("name", formats.names())
def test_a_format_is_loaded_once(name: str) -> None:
    assert formats.get(name) is formats.get(name)


def test_an_unknown_name_is_a_key_error() -> None:
    for get in (registry.get, formats.get):
        with pytest.raises(KeyError):
            get("nothing")


@pytest.mark.parametrize(("secret", "headers"), [("sk-1", {"authorization": "Bearer sk-1"}), ("", {})])
def test_a_server_without_a_key_is_sent_none(secret: str, headers: dict[str, str]) -> None:
    assert bearer(secret) == headers
