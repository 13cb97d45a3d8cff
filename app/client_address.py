"""The caller's address behind proxies: only a trusted proxy's word counts, and only as far as it is trusted."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


class ClientAddress:
    """With no trusted proxies the peer is the caller. Otherwise `X-Forwarded-For` is walked from the right: the first address
    that is no trusted proxy is the caller; whatever stands left of it was written by the caller himself."""

    def __init__(self, trusted_proxies: Sequence[Network]) -> None:
        self._trusted = tuple(trusted_proxies)

    def of(self, peer: str | None, forwarded: Sequence[str]) -> str | None:
        """None if nobody trustworthy says who it is."""
        address = parse_address(peer)
        if address is None or not self._trusted or not _within(address, self._trusted):
            return str(address) if address is not None else None
        for entry in reversed(",".join(forwarded).split(",")):
            if not entry.strip():
                continue
            address = parse_address(entry)
            if address is None:
                return None
            if not _within(address, self._trusted):
                break
        return str(address)


@lru_cache(maxsize=8192)
def parse_address(text: str | None) -> Address | None:
    """`1.2.3.4`, `1.2.3.4:567`, `2001:db8::1`, `[2001:db8::1]:567`; an IPv4 address in IPv6 clothes is the IPv4 address."""
    if not text:
        return None
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def _within(address: Address, networks: tuple[Network, ...]) -> bool:
    return any(address in network for network in networks)
