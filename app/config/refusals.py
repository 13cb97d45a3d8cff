"""Values that a type alone cannot refuse. No message repeats an address: it may hold a password."""

from ipaddress import IPv4Network, IPv6Network, ip_interface, ip_network
from typing import Any
from urllib.parse import urlsplit

from app.config.problems import suggest
from app.config.wording import refusal

STRATEGIES = ("priority_weighted", "latency", "least_busy", "cost", "round_robin")
AVAILABLE_STRATEGIES = ("priority_weighted",)


def read_network(value: Any) -> IPv4Network | IPv6Network:
    """An address or a CIDR range."""
    if isinstance(value, (IPv4Network, IPv6Network)):
        return value
    if isinstance(value, str):
        try:
            return ip_network(value)
        except ValueError:
            pass
        try:
            network = ip_interface(value).network
        except ValueError:
            pass
        else:
            raise refusal(f"this address is inside its own range: write {network}")
    raise refusal("expected an IP address or a range such as 10.0.0.0/8")


def refuse_bad_origin(value: str) -> str:
    parts = urlsplit(value)
    if value != "*" and not (parts.scheme in ("http", "https") and parts.netloc and value == f"{parts.scheme}://{parts.netloc}"):
        raise refusal("expected '*' or an origin such as https://console.example.com, without a path")
    return value


def refuse_unknown_database(value: str) -> str:
    if value.startswith("sqlite://") and not value.startswith("sqlite:///"):
        raise refusal("a SQLite path has three slashes, or four if it is absolute: sqlite:///aihub.db")
    if not value.startswith(("sqlite:///", "postgres://", "postgresql://")) or value == "sqlite:///":
        raise refusal("expected sqlite:///FILE or postgres://USER:PASSWORD@HOST:PORT/NAME")
    return value


def refuse_unknown_redis(value: str) -> str:
    if not value.startswith(("redis://", "rediss://", "unix://")):
        raise refusal("expected redis://HOST:PORT/0, rediss://… for TLS, or unix://PATH")
    return value


def refuse_unknown_endpoint(value: str) -> str:
    if not value.startswith(("http://", "https://")):
        raise refusal("expected an address such as http://localhost:4318")
    return value


def refuse_other_strategy(value: str) -> str:
    if value in AVAILABLE_STRATEGIES:
        return value
    available = " or ".join(repr(name) for name in AVAILABLE_STRATEGIES)
    if value in STRATEGIES:
        raise refusal(f"the strategy {value!r} is not available yet: write {available}")
    raise refusal(f"expected {available}, got {value!r}{suggest(value, AVAILABLE_STRATEGIES)}")


def read_pipeline(value: Any) -> tuple[Any, ...] | None:
    """The entries as they are: only their being a list is looked at here."""
    if value == "managed":
        raise refusal("`managed` is not available yet: list the stages here")
    if value is not None and not isinstance(value, (list, tuple)):
        raise refusal("expected a list of stages, such as `- auth`, or nothing for the default ones")
    return None if value is None else tuple(value)
