"""The loads: what is asked of each server in a turn, and what is measured of it. bench/README.md has them by name."""

import asyncio
import statistics
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import streams, wrk
from bench.server import PATH, Server, Spec, Unavailable, running
from bench.upstream import CHUNKS, PACE_SECONDS

Figures = Mapping[str, float]
"""What was measured, by the words of the results' table."""

PARALLEL = 32
PACED_ROUNDS = 2
LARGE_AT_ONCE = 8
SLOW_AT_ONCE = 1000
LARGE_BYTES = 300_000
SAMPLE_SECONDS = 0.5
LONG_TURN_SECONDS = 20
ENOUGH = 10
"""Calls on each connection."""

REQUEST = '{"model":"m","messages":[{"role":"user","content":"%s"}]%s}'
UNARY = REQUEST % ("Hello there, how are you?", "")
STREAM = REQUEST % ("Hello there, how are you? [%s]", ',"stream":true')
PARAGRAPH = "The quick brown fox jumps over the lazy dog, and it does so once more. "
LARGE = REQUEST % (PARAGRAPH * (LARGE_BYTES // len(PARAGRAPH)), "")


class Failed(Exception):
    """The server did not do what was asked of it; its figures would mislead."""


@dataclass(frozen=True)
class Turn:
    """A server's turn in a round; `direct` is the vendor's stand-in itself."""

    server: Server
    spec: Spec
    direct: Server
    seconds: int
    folder: Path


@dataclass(frozen=True)
class Load:
    """`once`: in the first round only, as it takes long and varies little."""

    name: str
    measure: Callable[[Turn], Figures]
    once: bool = False


def unary(turn: Turn) -> Figures:
    return _throughput(turn, "unary", UNARY, PARALLEL)


def burst(turn: Turn) -> Figures:
    return _throughput(turn, "burst stream", STREAM % "burst", PARALLEL)


def large(turn: Turn) -> Figures:
    return _throughput(turn, "300 KB body", LARGE, LARGE_AT_ONCE)


def _throughput(turn: Turn, what: str, body: str, connections: int) -> Figures:
    report, cpu = _wrk(turn, turn.server, body, connections)
    return {f"{what}: per second": report.rate, f"{what}: CPU µs each": cpu / report.requests * 1e6}


def latency(turn: Turn) -> Figures:
    """Less what the same call takes without a gateway, asked right before."""
    direct, _ = _wrk(turn, turn.direct, UNARY, 1)
    through, _ = _wrk(turn, turn.server, UNARY, 1)
    return {"added p50, ms": (through.p50 - direct.p50) * 1e3, "added p99, ms": (through.p99 - direct.p99) * 1e3}


def _wrk(turn: Turn, server: Server, body: str, connections: int) -> tuple[wrk.Report, float]:
    """wrk's report, and the server's CPU seconds. Calls that wrk cuts off at its end cost CPU and are not counted, so where few
    ended in a turn, a longer one is taken in its place."""
    for seconds in (turn.seconds, LONG_TURN_SECONDS):
        before = server.group.cpu_seconds()
        report = wrk.run(server.url, server.headers, body, connections, seconds, turn.folder)
        if report.bad:
            raise Failed(f"{report.bad} of {report.requests} calls failed")
        if report.requests >= ENOUGH * connections:
            break
    if not report.requests:
        raise Failed(f"no call ended within {LONG_TURN_SECONDS} s")
    return report, server.group.cpu_seconds() - before


def paced(turn: Turn) -> Figures:
    """Each stream lasts as long as the vendor takes: what tells servers apart is the work, and how late the end is."""
    before = turn.server.group.cpu_seconds()
    found: list[float] = []
    for _ in range(PACED_ROUNDS):
        found += _streams(turn, STREAM % "paced", PARALLEL)
    cpu = turn.server.group.cpu_seconds() - before
    late = statistics.median(found) - CHUNKS * PACE_SECONDS
    return {"paced stream: CPU µs each": cpu / len(found) * 1e6, "paced stream: late by, ms": late * 1e3}


def slow(turn: Turn) -> Figures:
    with _sampled(turn.server) as samples:
        _streams(turn, STREAM % "slow", SLOW_AT_ONCE)
    worker, everything = max(samples)
    return {"1,000 open streams: worker MB": worker, "1,000 open streams: all MB": everything}


def _streams(turn: Turn, body: str, at_once: int) -> list[float]:
    done = asyncio.run(streams.read_all(turn.server.port, PATH, turn.server.headers, body, at_once))
    if len(done.seconds) < done.asked:
        raise Failed(f"{done.asked - len(done.seconds)} of {done.asked} streams did not end well")
    return done.seconds


@contextmanager
def _sampled(server: Server) -> Iterator[list[tuple[float, float]]]:
    """Resident memory of the worker and of all processes, every now and then."""
    samples = [server.group.resident_mb()]
    over = threading.Event()

    def sample() -> None:
        while not over.wait(SAMPLE_SECONDS):
            samples.append(server.group.resident_mb())

    sampler = threading.Thread(target=sample)
    sampler.start()
    try:
        yield samples
    finally:
        over.set()
        sampler.join()


def cold_start(turn: Turn) -> Figures:
    """A second one of the kind, in a folder of its own; what is done once, such as making the database, is done before."""
    with tempfile.TemporaryDirectory(dir=turn.folder) as folder:
        try:
            with running(turn.spec, Path(folder), turn.direct.url.removesuffix(PATH)) as started:
                return {"cold start, s": started.cold_start}
        except Unavailable as problem:
            raise Failed(str(problem)) from problem


LOADS = (
    Load("unary", unary),
    Load("burst", burst),
    Load("paced", paced),
    Load("large", large),
    Load("latency", latency),
    Load("cold-start", cold_start),
    Load("slow", slow, once=True),
)
