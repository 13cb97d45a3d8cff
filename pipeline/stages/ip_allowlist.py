"""From where: a caller's address must be in the gateway's list and in its token's."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict

from pipeline.errors import Forbidden
from pipeline.flow import Flow

Network = IPv4Network | IPv6Network


def _network(text: str) -> str:
    parse_networks((text,))
    return text


class IpAllowlist:
    """403 for an address outside a list that is not empty. Behind a proxy that is not in `server.trusted_proxies` the address
    is the proxy's, never what a header claims."""

    class Config(BaseModel):
        """`allow`: addresses or CIDR ranges that may call at all; empty means every address."""

        model_config = ConfigDict(extra="forbid", frozen=True)

        allow: tuple[Annotated[str, AfterValidator(_network)], ...] = ()

    after = ("auth",)
    waits = False

    def __init__(self, config: Config) -> None:
        self._allow = config.allow

    async def request(self, flow: Flow) -> None:
        token_list = flow.caller.allow_ips if flow.caller is not None else ()
        for allowed in (self._allow, token_list):
            if allowed and not _within(flow.request.client_ip, parse_networks(allowed)):
                raise Forbidden(
                    f"Calls from {flow.request.client_ip or 'an unknown address'} are not allowed.", code="ip_not_allowed"
                )


@lru_cache(maxsize=4096)
def parse_networks(ranges: tuple[str, ...]) -> tuple[Network, ...]:
    """Raises ValueError for what is no address or range. `10.0.0.1/8` is read as the network that holds it."""
    return tuple(ip_network(text, strict=False) for text in ranges)


def _within(address: str | None, networks: tuple[Network, ...]) -> bool:
    if address is None:
        return False
    parsed = ip_address(address)
    return any(parsed in network for network in networks)
