"""AiHub beside the floor, in one run: requests per second as a ratio. `make bench`; the method is in bench/README.md."""

import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
UPSTREAM, FLOOR, GATEWAY = 9100, 9101, 9102
ROUNDS, SECONDS, CONNECTIONS = 5, 4, 32

STATE = f"""
users: [{{username: bench}}]
channels: [{{name: c, vendor: openai, base_url: "http://127.0.0.1:{UPSTREAM}/v1", keys: [x], models: [m]}}]
tokens: [{{name: bench, user: bench, key: bench}}]
"""

REQUEST = '{"model":"m","messages":[{"role":"user","content":"Hello there, how are you?"}]%s}'
LOADS = {"unary": REQUEST % "", "100-chunk stream, as a burst": REQUEST % ',"stream":true'}


def main() -> None:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aihub-bench-")))
        (folder / "state.yaml").write_text(STATE)
        environ = os.environ | {
            "BENCH_UPSTREAM": f"http://127.0.0.1:{UPSTREAM}/v1/chat/completions",
            "AIHUB_PORT": str(GATEWAY),
            "PYTHONPATH": str(ROOT),
        }
        subprocess.run(
            [BIN / "aihub", "apply", "-f", "state.yaml"], cwd=folder, env=environ, check=True, stdout=subprocess.DEVNULL
        )
        granian = [BIN / "granian", "--log-level", "warning", "--loop", "uvloop"]
        commands = (
            [*granian, "--interface", "rsgi", "--port", str(UPSTREAM), "bench.upstream:app"],
            [*granian, "--interface", "asgi", "--port", str(FLOOR), "bench.floor:app"],
            [BIN / "aihub", "serve"],
        )
        for command in commands:
            process = subprocess.Popen(command, cwd=folder, env=environ, stdout=subprocess.DEVNULL)
            stack.callback(process.wait)
            stack.callback(process.terminate)
        for port in (UPSTREAM, FLOOR, GATEWAY):
            until_answering(port)
        report = [f"# {time.strftime('%Y-%m-%d')}: AiHub beside the floor", "", "| load | floor/s | AiHub/s | AiHub : floor |"]
        report.append("|---|---|---|---|")
        for name, body in LOADS.items():
            print(f"{name}: {ROUNDS} rounds of {SECONDS} s each", flush=True)
            report.append(row(name, *measured(folder, body)))
    text = "\n".join(report) + "\n"
    print("\n" + text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "floor.md").write_text(text)


def measured(folder: Path, body: str) -> tuple[list[float], list[float]]:
    """Requests per second of both, in turns: a busy machine is busy for both."""
    script = folder / "load.lua"
    headers = 'wrk.headers["Authorization"]="Bearer bench" wrk.headers["Content-Type"]="application/json"'
    script.write_text(f"wrk.method='POST' {headers} wrk.body='{body}'")
    rates: dict[int, list[float]] = {FLOOR: [], GATEWAY: []}
    for _ in range(ROUNDS):
        for port, found in rates.items():
            found.append(rate(port, script))
    return rates[FLOOR], rates[GATEWAY]


def rate(port: int, script: Path) -> float:
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}", "-s", str(script), url]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in out:
        sys.exit(f"port {port} answered with errors:\n{out}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", out)
    assert found is not None, out
    return float(found.group(1))


def row(name: str, floor: list[float], gateway: list[float]) -> str:
    ratios = [ours / theirs for ours, theirs in zip(gateway, floor, strict=True)]
    span = f"{statistics.median(ratios):.0%} ({min(ratios):.0%} to {max(ratios):.0%})"
    return f"| {name} | {statistics.median(floor):.0f} | {statistics.median(gateway):.0f} | {span} |"


def until_answering(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=1)
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    sys.exit(f"nothing answers on port {port}")


if __name__ == "__main__":
    main()
