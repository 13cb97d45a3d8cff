from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any

import pytest
from pydantic_core import PydanticCustomError

from app.config import refusals


@pytest.mark.parametrize(
    ("read", "value", "message"),
    [
        (refusals.read_network, "10.0.0.1/8", "write 10.0.0.0/8"),
        (refusals.read_network, "hunter2", "expected an IP address or a range"),
        (refusals.read_network, "10.0.0.0/33", "expected an IP address or a range"),
        (refusals.read_network, 5, "expected an IP address or a range"),
        (refusals.refuse_bad_origin, "console.example.com", "expected '*' or an origin"),
        (refusals.refuse_bad_origin, "https://a.example/", "expected '*' or an origin"),
        (refusals.refuse_bad_origin, "null", "expected '*' or an origin"),
        (refusals.refuse_unknown_database, "mysql://u:hunter2@h/d", "expected sqlite:///FILE or postgres://"),
        (refusals.refuse_unknown_database, "sqlite://aihub.db", "three slashes"),
        (refusals.refuse_unknown_database, "sqlite:///", "expected sqlite:///FILE"),
        (refusals.refuse_unknown_redis, "localhost:6379", "expected redis://"),
        (refusals.refuse_unknown_endpoint, "localhost:4318", "expected an address such as http://"),
        (refusals.refuse_other_strategy, "latency", "'latency' is not available yet: write 'priority_weighted'"),
        (refusals.refuse_other_strategy, "prority_weighted", "did you mean 'priority_weighted'?"),
        (refusals.read_pipeline, "managed", "not available yet"),
        (refusals.read_pipeline, "auth", "expected a list of stages"),
        (refusals.read_pipeline, {"auth": {}}, "expected a list of stages"),
    ],
)
def test_refused(read: Callable[[Any], Any], value: Any, message: str) -> None:
    with pytest.raises(PydanticCustomError) as error:
        read(value)
    assert message in str(error.value)
    assert "hunter2" not in str(error.value)


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (refusals.refuse_bad_origin, "*"),
        (refusals.refuse_bad_origin, "http://localhost:5173"),
        (refusals.refuse_unknown_database, "sqlite:////var/lib/aihub.db"),
        (refusals.refuse_unknown_database, "postgresql://u@h/d"),
        (refusals.refuse_unknown_redis, "unix:///run/redis.sock"),
        (refusals.refuse_unknown_endpoint, "http://localhost:4318"),
        (refusals.refuse_other_strategy, "priority_weighted"),
        (refusals.read_pipeline, None),
    ],
)
def test_accepted_as_it_is(read: Callable[[Any], Any], value: Any) -> None:
    assert read(value) == value


@pytest.mark.parametrize(
    ("value", "network"),
    [
        ("10.0.0.0/8", IPv4Network("10.0.0.0/8")),
        ("127.0.0.1", IPv4Network("127.0.0.1/32")),
        ("fd00::/8", IPv6Network("fd00::/8")),
        (ip_network("10.0.0.0/8"), IPv4Network("10.0.0.0/8")),
    ],
)
def test_networks_are_read_once(value: Any, network: Any) -> None:
    assert refusals.read_network(value) == network
