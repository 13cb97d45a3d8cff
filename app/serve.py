"""The process that watches over the workers: it prepares, starts Granian, and says where everything is."""

import _thread
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import orjson
from granian.constants import Interfaces, Loops
from granian.log import LogLevels
from granian.server import MPServer

from app.signals import DRAIN, RELOAD

KILL_MARGIN = 10
"""Seconds between the end of the drain and Granian's SIGKILL, for settling and closing."""


class Server(MPServer):
    """Granian answers SIGTERM by closing the listener, SIGHUP by new workers. Our workers first hear that the end is near, and
    reload by themselves."""

    def signal_handler_interrupt(self, *arguments: Any, **named: Any) -> None:
        """Once is enough: a terminal and a launcher such as `uvx` each send one, the second while the first is handled."""
        if self.interrupt_signal:
            return
        self.interrupt_signal = True
        self._tell(DRAIN)
        # Granian sets a threading.Event, whose lock the code that the signal interrupted may hold: from here that would wait
        # for itself, forever.
        _thread.start_new_thread(super().signal_handler_interrupt, arguments, named)

    def signal_handler_reload(self, *_: Any, **__: Any) -> None:
        self._tell(RELOAD)

    def _tell(self, number: signal.Signals) -> None:
        for worker in self.wrks:
            with suppress(ProcessLookupError):
                os.kill(worker.inner.pid, number)


def serve(config: Path | None) -> None:
    """Returns when the server has stopped."""
    ready = _prepare(config)
    host, port = ready["host"], ready["port"]
    _refuse_taken_port(host, port)
    if config is not None:
        os.environ["AIHUB_CONFIG"] = str(config.resolve())
    server = Server(
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
    server.on_startup(lambda: _announce(ready))
    server.serve()


def _prepare(config: Path | None) -> dict[str, Any]:
    command = [sys.executable, "-P", "-m", "app.prepare", *([str(config)] if config else [])]
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


def _announce(ready: dict[str, Any]) -> None:
    """The key and the password go through a pipe: an argument could be read by every user of the machine."""
    told = orjson.dumps({name: ready[name] for name in ("host", "port", "seeded")})
    process = subprocess.Popen([sys.executable, "-P", "-m", "app.announce"], stdin=subprocess.PIPE)  # as above
    assert process.stdin is not None
    process.stdin.write(told)
    process.stdin.close()
    threading.Thread(target=process.wait, daemon=True).start()
