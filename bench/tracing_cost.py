"""What tracing costs: CPU time of the gateway's processes per request, with tracing off, sampled out, and for every request.

    .venv/bin/python bench/tracing_cost.py

Three gateways answer in turns, burst by burst, so that a busy machine is busy for all of them. The vendor and the collector are
bare sockets in this process, whose own time is not counted.
"""

import asyncio
import os
import signal
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

from bench.processes import ProcessGroup
from bench.server import clean_environ, free_port

BURST = 1_000
ROUNDS = 16
CONNECTIONS = 16
KEY = "sk-bench"
BODY = b'{"model":"m","messages":[{"role":"user","content":"Say hello to the benchmark, please."}]}'
REPLY = (
    b'{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant",'
    b'"content":"Hello."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":3,"total_tokens":12}}'
)
AIHUB = Path(sys.executable).parent / "aihub"

STATE = """
users: [{username: bench}]
channels: [{name: vendor, vendor: openai, base_url: VENDOR, keys: [sk-vendor], models: ["*"]}]
tokens: [{name: bench, user: bench, key: sk-bench}]
prices: [{model: "*", input: 0, output: 0}]
"""

MODES = {
    "off": {},
    "sampled out": {"AIHUB_TELEMETRY_SAMPLE_RATIO": "0"},
    "every request": {"AIHUB_TELEMETRY_SAMPLE_RATIO": "1"},
}


class Peer:
    """A server that takes everything and says the same to all: the vendor, or the collector."""

    def __init__(self, reply: bytes) -> None:
        self.received = 0
        head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(reply)}\r\n\r\n"
        self._reply = head.encode() + reply

    async def start(self) -> str:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                self.received += await _read_message(reader)
                writer.write(self._reply)


class Served:
    """One gateway, and what its processes have used so far."""

    def __init__(self, port: int, group: int) -> None:
        self.port = port
        self._group = ProcessGroup(group)

    async def burst(self) -> float:
        """CPU seconds per request."""
        before = self._group.cpu_seconds()
        await asyncio.gather(*(self._ask(BURST // CONNECTIONS) for _ in range(CONNECTIONS)))
        # The exporter works behind the requests: wait until it has had its say.
        await asyncio.sleep(0.5)
        return (self._group.cpu_seconds() - before) / BURST

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
async def gateway(mode: str, directory: Path, vendor: str, collector: str) -> AsyncIterator[Served]:
    (directory / "state.yaml").write_text(STATE.replace("VENDOR", vendor + "/v1"))
    port = free_port()
    environ = clean_environ() | {"AIHUB_PORT": str(port), "OTEL_BSP_SCHEDULE_DELAY": "200", **MODES[mode]}
    if mode != "off":
        environ["AIHUB_TELEMETRY_OTLP_ENDPOINT"] = collector
    apply = await _aihub(directory, environ, "apply", "-f", "state.yaml")
    assert await apply.wait() == 0
    serve = await _aihub(directory, environ, "serve")
    try:
        while serve.returncode is None:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.1)
        yield Served(port, serve.pid)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(serve.pid, signal.SIGTERM)
        await serve.wait()


async def main() -> None:
    collector = Peer(b"")
    addresses = await Peer(REPLY).start(), await collector.start()
    async with AsyncExitStack() as stack:
        served = {}
        for mode in MODES:
            directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aihub-bench-")))
            served[mode] = await stack.enter_async_context(gateway(mode, directory, *addresses))
        for each in served.values():
            await each.burst()
        costs: dict[str, list[float]] = {mode: [] for mode in MODES}
        for _ in range(ROUNDS):
            for mode, each in served.items():
                costs[mode].append(await each.burst())
    base = quiet(costs["off"])
    for mode, found in costs.items():
        cost = quiet(found)
        sys.stdout.write(f"{mode:14} {cost * 1e6:7.0f} us CPU a request   {cost / base:5.2f} x\n")
    sys.stdout.write(f"exported: {collector.received / (BURST * (ROUNDS + 1)):.0f} bytes a traced request\n")


def quiet(costs: list[float]) -> float:
    """The lower quartile: what else the machine does only ever adds."""
    return statistics.quantiles(costs, n=4)[0]


async def _aihub(directory: Path, environ: dict[str, str], *words: str) -> asyncio.subprocess.Process:
    quiet = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(AIHUB, *words, cwd=directory, env=environ, stdout=quiet, start_new_session=True)


async def _read_message(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    length = int(head.split("content-length: ")[1].split("\r\n")[0])
    return len(await reader.readexactly(length))


if __name__ == "__main__":
    asyncio.run(main())
