"""Waits until the gateway answers, then prints where everything is: what is printed works.

A process of its own. A thread would not do: Granian forks its workers, and a fork while another thread imports a module leaves
the child with an import lock that nobody will ever release.
"""

import http.client
import os
import sys
import time

import orjson

from app import banner

READY_SECONDS = 60.0
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # addresses to be reached by, not a bind


def main() -> None:
    """Reads `{host, port, seeded}` from standard input. Ends silently if the server that started it does."""
    told = orjson.loads(sys.stdin.buffer.read())
    server = os.getppid()
    reachable = EVERYWHERE.get(told["host"], told["host"])
    deadline = time.monotonic() + READY_SECONDS
    while os.getppid() == server:
        if _ready(reachable, told["port"]):
            sys.stdout.write(banner.text(told["host"], reachable, told["port"], told["seeded"]))
            return
        if time.monotonic() > deadline:
            sys.stderr.write("the gateway is not ready yet; its log above should say why\n")
            return
        time.sleep(0.05)


def _ready(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    main()
