"""wrk (https://github.com/wg/wrk) as the caller: one run against one address, and what it reported."""

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

_UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}
_LUA_QUOTE = "=====["


class Report(NamedTuple):
    """`bad` counts replies that were no 2xx or 3xx, and sockets that failed. Latencies are in seconds."""

    requests: int
    rate: float
    p50: float
    p99: float
    bad: int


def run(url: str, headers: Mapping[str, str], body: str, connections: int, seconds: int, folder: Path) -> Report:
    script = folder / "load.lua"
    fields = "".join(f"wrk.headers[ {_quoted(name)} ] = {_quoted(value)}\n" for name, value in headers.items())
    script.write_text(f"wrk.method = 'POST'\n{fields}wrk.body = {_quoted(body)}\n")
    command = ["wrk", "--latency", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script), url]
    return parse(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def parse(text: str) -> Report:
    """Raises `ValueError` for what is no report."""
    requests = _number(r"(\d+) requests in", text)
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    bad = sum(map(int, errors.groups())) if errors else 0
    bad += int(refused.group(1)) if refused else 0
    return Report(
        int(requests), _number(r"Requests/sec:\s+([\d.]+)", text), _percentile("50", text), _percentile("99", text), bad
    )


def _percentile(percent: str, text: str) -> float:
    found = re.search(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s|m)\s*$", text, re.MULTILINE)
    if found is None:
        raise ValueError(f"wrk reported no {percent} % latency:\n{text}")
    return float(found.group(1)) * _UNITS[found.group(2)]


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(f"this is no report of wrk:\n{text}")
    return float(found.group(1))


def _quoted(text: str) -> str:
    """As Lua's long string, in which nothing is an escape."""
    return f"[{_LUA_QUOTE}{text}]{_LUA_QUOTE[:-1]}]"
