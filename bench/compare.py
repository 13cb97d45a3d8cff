"""AiHub beside the floor and other gateways, in one run and in turns. `make bench`; the method is in bench/README.md.

python bench/compare.py --only floor,aihub --load unary --rounds 3
"""

import argparse
import random
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from bench import peers
from bench.loads import LOADS, Failed, Load, Turn
from bench.ours import OURS, UPSTREAM
from bench.report import Results, surroundings
from bench.server import PATH, Spec, Unavailable, running

SERVERS = (*OURS, *peers.PEERS)
Row = TypeVar("Row", Spec, Load)
RESULTS = Path(__file__).parent / "results"
WARM_UP_SECONDS = 3
OPEN_FILES = 20_000


def main() -> None:
    options = parser().parse_args()
    _allow_open_files()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="aihub-bench-")))
        direct = stack.enter_context(running(UPSTREAM, _made(folder / UPSTREAM.name), ""))
        turns, absent = [], []
        for spec in options.only:
            print(f"starting {spec.name}", flush=True)
            try:
                server = stack.enter_context(running(spec, _made(folder / spec.name), direct.url.removesuffix(PATH)))
            except Unavailable as reason:
                print(f"  skipped: {reason}", flush=True)
                absent.append(f"{spec.name} was skipped: {reason}")
            else:
                turns.append(Turn(server, spec, direct, options.seconds, folder))
        results = Results([turn.server.name for turn in turns])
        results.failures += absent
        warm_up(turns)
        measure(turns, options.load, options.rounds, results)
        write(results, options.name, options.note)


def warm_up(turns: Iterable[Turn]) -> None:
    for turn in turns:
        print(f"warming up {turn.server.name}", flush=True)
        with suppress(Failed):  # it says so again when it counts
            LOADS[0].measure(replace(turn, seconds=WARM_UP_SECONDS))


def measure(turns: Sequence[Turn], loads: Iterable[Load], rounds: int, results: Results) -> None:
    """In each round every load; in each load every server, in an order that changes."""
    for number in range(rounds):
        results.begin_round()
        for load in loads:
            if load.once and number:
                continue
            for turn in random.sample(turns, len(turns)):
                print(f"round {number + 1} of {rounds}: {load.name}: {turn.server.name}: ", end="", flush=True)
                _take(turn, load, results)
    for turn in turns:
        for when, (worker, everything) in {"idle": turn.server.idle_mb, "after": turn.server.group.resident_mb()}.items():
            results.add(turn.server.name, {f"memory {when}: worker MB": worker, f"memory {when}: all MB": everything})


def _take(turn: Turn, load: Load, results: Results) -> None:
    try:
        figures = load.measure(turn)
    except Failed as reason:
        print(f"failed: {reason}", flush=True)
        results.failures.append(f"{turn.server.name}, {load.name}: {reason}")
    else:
        print(", ".join(f"{figure.rpartition(': ')[2]} {value:.5g}" for figure, value in figures.items()), flush=True)
        results.add(turn.server.name, figures)


def write(results: Results, name: str, note: str) -> None:
    servers = list(results.servers)
    lines = [f"# {time.strftime('%Y-%m-%d', time.gmtime())}: AiHub beside others", "", *surroundings(peers.versions(), note)]
    lines += ["", "What the words mean, and the method: [README](../README.md).", ""]
    if "floor" in servers:
        others = [each for each in servers if each != "floor"]
        lines += ["## Ratios to the floor", "", *results.ratio_table(others, "floor"), ""]
    for peer in (spec.name for spec in peers.PEERS):
        ours = [each for each in servers if each.startswith("aihub")]
        if peer in servers and ours:
            lines += [f"## Ratios to {peer}", "", *results.ratio_table(ours, peer), ""]
    lines += ["## Figures", "", *results.value_table()]
    if results.failures:
        lines += ["", "## What failed", "", *(f"- {failure}" for failure in results.failures)]
    text = "\n".join(lines) + "\n"
    print("\n" + text)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text)


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    made.add_argument("--only", type=_chosen(SERVERS), default=SERVERS, metavar="SERVER,…", help=_names(SERVERS))
    made.add_argument("--load", type=_chosen(LOADS), default=LOADS, metavar="LOAD,…", help=_names(LOADS))
    made.add_argument("--rounds", type=int, default=3)
    made.add_argument("--seconds", type=int, default=4, help="of a turn, where the load has no length of its own")
    made.add_argument("--name", default=time.strftime("%Y-%m-%d", time.gmtime()), help="of the file in bench/results")
    made.add_argument("--note", default="", help="what else ran on the machine")
    return made


def _chosen(rows: Sequence[Row]) -> Callable[[str], list[Row]]:
    def choose(text: str) -> list[Row]:
        named = {row.name: row for row in rows}
        if unknown := set(text.split(",")) - set(named):
            raise argparse.ArgumentTypeError(f"unknown: {', '.join(sorted(unknown))}; there is {_names(rows)}")
        return [named[name] for name in text.split(",")]

    return choose


def _names(rows: Sequence[Row]) -> str:
    return ", ".join(row.name for row in rows)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder


def _allow_open_files() -> None:
    """A thousand streams are two thousand sockets in a gateway; servers inherit the limit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if most == resource.RLIM_INFINITY else min(OPEN_FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


if __name__ == "__main__":
    main()
