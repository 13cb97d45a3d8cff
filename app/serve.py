"""The process that watches over the workers: it prepares, starts Granian, and says where everything is."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import click
import orjson
from granian import Granian
from granian.constants import Interfaces, Loops
from granian.log import LogLevels

from app import banner

READY_SECONDS = 60.0
KILL_MARGIN = 10
"""Seconds between the end of the drain and Granian's SIGKILL, for settling and closing."""


def serve(config: Path | None) -> None:
    """Returns when the server has stopped."""
    ready = _prepare(config)
    host, port = ready["host"], ready["port"]
    _refuse_taken_port(host, port)
    if config is not None:
        os.environ["AIHUB_CONFIG"] = str(config.resolve())
    server = Granian(
        "app.main:build_app",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        loop=Loops.uvloop,
        workers=ready["workers"],
        websockets=True,
        log_level=LogLevels.warning,
        # Granian stops accepting beyond this; the gateway must be the one that says no, with a reason.
        backpressure=ready["max_flows"] + 256,
        # Without it the death of one worker ends the whole server.
        respawn_failed_workers=True,
        respawn_interval=1,
        workers_kill_timeout=int(ready["drain_timeout"]) + KILL_MARGIN,
    )
    server.on_startup(lambda: threading.Thread(target=_announce, args=(host, port, ready["seeded"]), daemon=True).start())
    server.serve()


def _prepare(config: Path | None) -> dict[str, Any]:
    command = [sys.executable, "-m", "app.prepare", *([str(config)] if config else [])]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603  # our own interpreter and module
    if done.returncode:
        raise click.exceptions.Exit(done.returncode)
    report: dict[str, Any] = orjson.loads(done.stdout)
    return report


def _refuse_taken_port(host: str, port: int) -> None:
    """Granian's workers share a port among processes, so a second gateway would start and get half of the requests."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as problem:
            reason = problem.strerror or "it cannot be opened"
            raise click.ClickException(
                f"cannot listen on {host}:{port}: {reason}. Set another with AIHUB_PORT or `server.port`."
            ) from problem


def _announce(host: str, port: int, seeded: dict[str, str] | None) -> None:
    """Once the gateway answers, so that what is printed works."""
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  # a name to be reached by, not a bind
    deadline = time.monotonic() + READY_SECONDS
    pause = threading.Event()
    while time.monotonic() < deadline:
        if _ready(reachable, port):
            click.echo(banner.text(host, reachable, port, seeded))
            return
        pause.wait(0.05)
    click.echo("the gateway is not ready yet; its log above should say why", err=True)


def _ready(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
