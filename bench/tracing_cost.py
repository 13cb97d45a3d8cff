"""What tracing costs: CPU time of the gateway's processes per request, with tracing off, sampled out, and for every request.

    .venv/bin/python bench/tracing_cost.py

Three gateways answer in turns, burst by burst, so that a busy machine is busy for all of them. The vendor is `echo`, in process:
it costs next to nothing, so the share that tracing takes looks larger here than beside a real vendor.
"""

import asyncio
import os
import signal
import socket
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

BURST = 1_000
ROUNDS = 8
CONNECTIONS = 16
KEY = "sk-bench"
BODY = b'{"model":"echo","messages":[{"role":"user","content":"Say hello to the benchmark, please."}]}'
TICKS = os.sysconf("SC_CLK_TCK")
AIHUB = Path(sys.executable).parent / "aihub"

STATE = """
users: [{username: bench}]
channels: [{name: echo, vendor: echo, models: ["echo"]}]
tokens: [{name: bench, user: bench, key: sk-bench}]
"""

MODES = {
    "off": {},
    "sampled out": {"AIHUB_TELEMETRY_SAMPLE_RATIO": "0"},
    "every request": {"AIHUB_TELEMETRY_SAMPLE_RATIO": "1"},
}


class Sink:
    """A collector that takes everything and keeps nothing."""

    received = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.received += await _read_message(reader)
                writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")


class Served:
    """One gateway, and what its processes have used so far."""

    def __init__(self, port: int, group: int) -> None:
        self.port = port
        self._group = group

    def cpu_seconds(self) -> float:
        used = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[2]) == self._group:
                    used += int(fields[11]) + int(fields[12])
        return used / TICKS

    async def burst(self) -> float:
        """CPU seconds per request."""
        before = self.cpu_seconds()
        await asyncio.gather(*(self._ask(BURST // CONNECTIONS) for _ in range(CONNECTIONS)))
        # The exporter works behind the requests: wait until it has had its say.
        await asyncio.sleep(0.5)
        return (self.cpu_seconds() - before) / BURST

    async def _ask(self, times: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        head = (
            f"POST /v1/chat/completions HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {KEY}\r\n"
            f"content-type: application/json\r\ncontent-length: {len(BODY)}\r\n\r\n"
        )
        for _ in range(times):
            writer.write(head.encode() + BODY)
            await _read_message(reader)
        writer.close()


@asynccontextmanager
async def gateway(mode: str, directory: Path, endpoint: str) -> AsyncIterator[Served]:
    (directory / "state.yaml").write_text(STATE)
    port = _free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("AIHUB_", "OTEL_"))}
    environ |= {"AIHUB_PORT": str(port), "OTEL_BSP_SCHEDULE_DELAY": "200", **MODES[mode]}
    if mode != "off":
        environ["AIHUB_TELEMETRY_OTLP_ENDPOINT"] = endpoint
    quiet = {"cwd": directory, "env": environ, "stdout": asyncio.subprocess.DEVNULL}
    apply = await asyncio.create_subprocess_exec(AIHUB, "apply", "-f", "state.yaml", **quiet)
    await apply.wait()
    serve = await asyncio.create_subprocess_exec(AIHUB, "serve", **quiet, start_new_session=True)
    try:
        while serve.returncode is None:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.1)
        yield Served(port, serve.pid)
    finally:
        os.killpg(serve.pid, signal.SIGTERM)
        await serve.wait()


async def main() -> None:
    sink = Sink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with AsyncExitStack() as stack:
        served = {}
        for mode in MODES:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aihub-bench-")))
            served[mode] = await stack.enter_async_context(gateway(mode, directory, endpoint))
        for each in served.values():
            await each.burst()
        costs: dict[str, list[float]] = {mode: [] for mode in MODES}
        for _ in range(ROUNDS):
            for mode, each in served.items():
                costs[mode].append(await each.burst())
    base = statistics.median(costs["off"])
    for mode, found in costs.items():
        cost = statistics.median(found)
        sys.stdout.write(f"{mode:14} {cost * 1e6:7.0f} us CPU a request   {cost / base:5.2f} x\n")
    sys.stdout.write(f"exported: {sink.received / (BURST * (ROUNDS + 1)):.0f} bytes a traced request\n")


async def _read_message(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.split("content-length: ")[1].split("\r\n")[0])
    return len(await reader.readexactly(length))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    asyncio.run(main())
