"""The gateway as an operator runs it: `aihub apply`, then `aihub serve`, in a directory of its own."""

import asyncio
import contextlib
import os
import re
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import yaml

AIHUB = Path(sys.executable).parent / "aihub"
START_SECONDS = 60

FREE = [{"model": "*", "input": 0, "output": 0}]
"""What every model costs where a test's state says nothing of prices."""


class RunningGateway:
    """Where it listens, what it logged, and a way to run its other commands."""

    def __init__(self, directory: Path, port: int, environ: dict[str, str], process: asyncio.subprocess.Process) -> None:
        self.directory = directory
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.environ = environ
        self.process = process

    def log(self) -> str:
        return (self.directory / "log.txt").read_text()

    def worker_pids(self) -> list[int]:
        """The processes that serve: children of the one that was started."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [int(pid) for pid in children if b"serve" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    async def banner(self) -> str:
        """What it says once it answers."""
        async with asyncio.timeout(10):
            while "Try it" not in self.log():
                await asyncio.sleep(0.05)
        return self.log()

    async def first_key(self) -> str:
        """The key that an empty database is given."""
        return re.findall(r"sk-\w{30,}", await self.banner())[0]

    async def aihub(self, *arguments: str) -> tuple[int, str, str]:
        return await run_aihub(self.directory, self.environ, *arguments)


async def run_aihub(directory: Path, environ: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output, standard error."""
    process = await asyncio.create_subprocess_exec(
        AIHUB, *arguments, cwd=directory, env=environ, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def clean_environ(**variables: str) -> dict[str, str]:
    """The machine's environment without anything that speaks to the gateway."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AIHUB_", "OTEL_"))}
    return kept | variables


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def running_gateway(
    directory: Path, config: dict[str, Any], state: dict[str, Any] | None, **variables: str
) -> AsyncIterator[RunningGateway]:
    """Serves what is declared here."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "aihub.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
    environ = clean_environ(**variables)
    if state is not None:
        state = {"prices": FREE, **state}
        (directory / "state.yaml").write_text(yaml.safe_dump(state, sort_keys=False))
        await apply(directory, environ, "state.yaml")
    async with serving(directory, environ, AIHUB, "serve") as gateway:
        yield gateway


async def apply(directory: Path, environ: dict[str, str], state: str) -> str:
    """What `aihub apply` prints; fails with that if it refuses."""
    code, out, err = await run_aihub(directory, environ, "apply", "-f", state)
    assert code == 0, out + err
    return out


@contextlib.asynccontextmanager
async def serving(directory: Path, environ: dict[str, str], *command: str | Path) -> AsyncIterator[RunningGateway]:
    """What a command serves in a directory, on a port of our choice, until the block ends; fails with its log if it does not
    come up."""
    port = free_port()
    environ = environ | {"AIHUB_PORT": str(port)}
    with (directory / "log.txt").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=directory, env=environ, stdout=log, stderr=asyncio.subprocess.STDOUT, start_new_session=True
        )
    gateway = RunningGateway(directory, port, environ, process)
    try:
        await _until_ready(gateway)
        yield gateway
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _until_ready(gateway: RunningGateway) -> None:
    async with httpx.AsyncClient() as client, asyncio.timeout(START_SECONDS):
        while gateway.process.returncode is None:
            with contextlib.suppress(httpx.TransportError):
                if (await client.get(gateway.url + "/readyz")).status_code == 200:
                    return
            await asyncio.sleep(0.05)
    raise AssertionError("the gateway did not start:\n" + gateway.log())
