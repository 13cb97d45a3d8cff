"""Whom a limit can be about. A scope is one of these, or several: `user+model` is each user at each model."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from pipeline.flow import Attempt, Flow

IPV6_PREFIX = 64
"""What one caller is given, at the least: each has 2^64 addresses to call from. RFC 6177, section 2."""

Who = tuple[str, str]
"""An id that stays, and the name that an operator knows."""


@dataclass(frozen=True, slots=True)
class Part:
    """`who` tells it of a flow, None where the flow has no such thing. `of_target`: only known once a target is chosen. `told` is
    what a caller may read of it, with the name at `{}`; channels and keys are the operator's own affair."""

    who: Callable[[Flow, Attempt | None], Who | None]
    told: str
    of_target: bool = False


def _user(flow: Flow, _: Attempt | None) -> Who | None:
    return (flow.caller.user_id, flow.caller.username) if flow.caller is not None else None


def _token(flow: Flow, _: Attempt | None) -> Who | None:
    return (flow.caller.token_id, flow.caller.token_name) if flow.caller is not None else None


def _group(flow: Flow, _: Attempt | None) -> Who | None:
    return (name, name) if (name := group_of(flow)) is not None else None


def group_of(flow: Flow) -> str | None:
    """The group that a flow counts for; a token that tries the auto groups counts for its owner's."""
    caller = flow.caller
    if caller is None:
        return None
    return caller.user_group if caller.group == "auto" else caller.group


def _model(flow: Flow, _: Attempt | None) -> Who | None:
    return flow.asked_model, flow.asked_model


def _ip(flow: Flow, _: Attempt | None) -> Who | None:
    address = flow.request.client_ip
    return (_counted_address(address), address) if address is not None else None


@lru_cache(maxsize=4096)
def _counted_address(text: str) -> str:
    try:
        address = ip_address(text)
    except ValueError:
        return text
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((address, IPV6_PREFIX), strict=False))
    return text


def _channel(_: Flow, attempt: Attempt | None) -> Who | None:
    return (attempt.target.channel.id, attempt.target.channel.name) if attempt is not None else None


def _key(_: Flow, attempt: Attempt | None) -> Who | None:
    if attempt is None:
        return None
    target = attempt.target
    return target.key.id, f"{target.channel.name}/{target.key.name}"


PARTS: dict[str, Part] = {
    "user": Part(_user, "your account"),
    "token": Part(_token, "this API key"),
    "group": Part(_group, "the group {!r}"),
    "model": Part(_model, "the model {!r}"),
    "ip": Part(_ip, "your address"),
    "channel": Part(_channel, "the channel", of_target=True),
    "key": Part(_key, "the channel's key", of_target=True),
}
