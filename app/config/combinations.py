"""Settings that are fine alone but not together. Read from the document, so that other mistakes do not hide these."""

from collections.abc import Iterator
from ipaddress import ip_address

from app.config.document import Document
from app.config.entries import stage_names
from app.config.problems import Problem


def combination_problems(document: Document) -> Iterator[Problem]:
    """Runs on values that may be invalid; those are reported elsewhere."""
    workers = document.get(("server", "workers"))
    if isinstance(workers, int) and workers > 1 and not document.get(("redis",)):
        message = "several workers share their counters in Redis: set redis: redis://HOST:6379/0 or workers: 1"
        yield document.problem(("server", "workers"), message)
    host = document.get(("server", "host"))
    if isinstance(host, str) and not is_loopback(host) and "auth" not in stage_names(document):
        message = (
            "a public bind without auth would give model access to everyone who can reach it; add `- auth` or set host: 127.0.0.1"
        )
        yield document.problem(("server", "host"), message)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server that listens there."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
