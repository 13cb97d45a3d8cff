"""A server of the benchmark: how one is launched, and one that runs."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.processes import ProcessGroup

PATH = "/v1/chat/completions"
KEY = "sk-bench"
HEADERS = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
BODY = '{"model":"m","messages":[{"role":"user","content":"Hello there, how are you?"}]}'
START_SECONDS = 120


class Unavailable(Exception):
    """This server cannot run here; the reason is for the reader of the results."""


@dataclass(frozen=True)
class Place:
    """What a server is given. What it needs beside itself, a database say, it may leave to `stack`, to be stopped in the end."""

    folder: Path
    port: int
    upstream: str
    stack: ExitStack


@dataclass(frozen=True)
class Launch:
    """A command, the variables it adds to the environment, and the headers that callers must send on top of the usual."""

    command: list[str | Path]
    environ: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Spec:
    """`launch` prepares all that need not be done at every start; raises `Unavailable`."""

    name: str
    launch: Callable[[Place], Launch]


@dataclass(frozen=True)
class Server:
    """One that has answered; `cold_start` is the seconds from its command to its first 200."""

    name: str
    port: int
    headers: Mapping[str, str]
    group: ProcessGroup
    cold_start: float
    idle_mb: tuple[float, float]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{PATH}"


@contextmanager
def running(spec: Spec, folder: Path, upstream: str) -> Iterator[Server]:
    """Its log is `log.txt` in `folder`. Raises `Unavailable`."""
    with ExitStack() as stack:
        place = Place(folder, free_port(), upstream, stack)
        launch = spec.launch(place)
        headers = HEADERS | launch.headers
        begun = time.perf_counter()
        process = stack.enter_context(_process(launch, folder))
        _until_answering(process, f"http://127.0.0.1:{place.port}{PATH}", headers, folder)
        seconds = time.perf_counter() - begun
        group = ProcessGroup(process.pid)
        yield Server(spec.name, place.port, headers, group, seconds, group.resident_mb())


@contextmanager
def _process(launch: Launch, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environ = clean_environ() | launch.environ
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            launch.command, cwd=folder, env=environ, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def clean_environ() -> dict[str, str]:
    """The machine's, without what speaks to one of the servers."""
    ours = ("AIHUB_", "OTEL_", "LITELLM_", "BENCH_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _until_answering(process: subprocess.Popen[bytes], url: str, headers: Mapping[str, str], folder: Path) -> None:
    asked = urllib.request.Request(url, BODY.encode(), headers=dict(headers))
    deadline = time.monotonic() + START_SECONDS
    last: Exception | None = None
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(asked, timeout=30):
                return
        except urllib.error.HTTPError as refused:
            last = Unavailable(f"{refused} {refused.read(300)!r}")
        except OSError as problem:
            last = problem
        time.sleep(0.01)
    log = (folder / "log.txt").read_text(errors="replace")[-600:]
    raise Unavailable(f"it does not answer a call ({last}); its log ends with: {log}")
