"""How a request to a vendor is signed: each scheme adds its headers."""

from collections.abc import Callable

Sign = Callable[[str], dict[str, str]]
"""From a channel key's secret to the headers that carry it."""


def bearer(secret: str) -> dict[str, str]:
    """`Authorization: Bearer`. A channel for a local server may have an empty key: then nothing is sent."""
    return {"authorization": f"Bearer {secret}"} if secret else {}


def header(name: str) -> Sign:
    """The bare key, in a header of the vendor's own."""

    def sign(secret: str) -> dict[str, str]:
        return {name: secret} if secret else {}

    return sign
