"""Addresses and ranges, the gateway's and the token's."""

import pytest
from pydantic import ValidationError

from pipeline.stages.ip_allowlist import IpAllowlist
from pipeline.testing import Playbook, a_caller
from tests.pipeline.recorder import BODY

# The gateway's list, the token's, the address, and whether it may call.
ROWS: list[tuple[tuple[str, ...], tuple[str, ...], str | None, bool]] = [
    ((), (), "203.0.113.7", True),
    ((), (), None, True),
    (("203.0.113.7",), (), "203.0.113.7", True),
    (("203.0.113.7",), (), "203.0.113.8", False),
    (("203.0.113.0/24",), (), "203.0.113.255", True),
    (("203.0.113.0/24",), (), "203.0.114.0", False),
    (("203.0.113.7/24",), (), "203.0.113.1", True),
    (("10.0.0.0/8", "203.0.113.7"), (), "203.0.113.7", True),
    (("0.0.0.0/0",), (), "203.0.113.7", True),
    (("0.0.0.0/0",), (), "2001:db8::1", False),
    (("2001:db8::/32",), (), "2001:db8::1", True),
    (("2001:db8::/32",), (), "2001:db9::1", False),
    (("2001:db8::/32",), (), "203.0.113.7", False),
    (("::1",), (), "0:0:0:0:0:0:0:1", True),
    (("203.0.113.7",), (), None, False),
    ((), ("203.0.113.7",), "203.0.113.7", True),
    ((), ("203.0.113.7",), "203.0.113.8", False),
    ((), ("203.0.113.7",), None, False),
    (("203.0.113.0/24",), ("203.0.113.7",), "203.0.113.7", True),
    (("203.0.113.0/24",), ("203.0.113.7",), "203.0.113.8", False),
    (("10.0.0.0/8",), ("203.0.113.7",), "203.0.113.7", False),
]


@pytest.mark.parametrize(("gateway", "token", "address", "allowed"), ROWS)
async def test_an_address_must_be_in_both_lists(
    gateway: tuple[str, ...], token: tuple[str, ...], address: str | None, allowed: bool
) -> None:
    play = Playbook(IpAllowlist(IpAllowlist.Config(allow=gateway)), caller=a_caller(allow_ips=token))
    result = await play.request(BODY, client_ip=address)
    assert result.status == (200 if allowed else 403)
    assert allowed or result.json()["error"]["code"] == "ip_not_allowed"


async def test_without_auth_the_gateway_s_list_stands_alone() -> None:
    play = Playbook(IpAllowlist(IpAllowlist.Config(allow=("203.0.113.7",))))
    assert [(await play.request(BODY, client_ip=address)).status for address in ("203.0.113.7", "203.0.113.8")] == [200, 403]


async def test_a_caller_is_told_which_address_was_seen() -> None:
    play = Playbook(IpAllowlist(IpAllowlist.Config(allow=("203.0.113.7",))))
    for address, words in (("2001:db8::1", "from 2001:db8::1 are"), (None, "from an unknown address are")):
        assert words in (await play.request(BODY, client_ip=address)).json()["error"]["message"]


@pytest.mark.parametrize("text", ["", "localhost", "10.0.0.256", "10.0.0.0/33", "10.0.0.*", "::/129"])
def test_what_is_no_address_is_refused_when_the_file_is_read(text: str) -> None:
    with pytest.raises(ValidationError):
        IpAllowlist.Config(allow=(text,))


def test_it_stands_below_auth() -> None:
    assert IpAllowlist.after == ("auth",)
