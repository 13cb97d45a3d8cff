"""What was measured, as Markdown: ratios of servers that took turns, and the figures themselves."""

import os
import platform
import statistics
import subprocess
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version

LIBRARIES = ("aihub", "granian", "litestar", "aiohttp", "httpx", "uvloop", "orjson", "piccolo")


class Results:
    """Figures round by round. A ratio is made within a round, between turns that followed each other."""

    def __init__(self, servers: Sequence[str]) -> None:
        self.servers = servers
        self.failures: list[str] = []
        self._rounds: list[dict[tuple[str, str], float]] = []

    def begin_round(self) -> None:
        self._rounds.append({})

    def add(self, server: str, figures: Mapping[str, float]) -> None:
        self._rounds[-1].update({(server, figure): value for figure, value in figures.items()})

    def ratio_table(self, servers: Sequence[str], base: str) -> list[str]:
        return self._table(servers, lambda server, figure: spread(self._ratios(server, base, figure)))

    def value_table(self) -> list[str]:
        return self._table(self.servers, lambda server, figure: middle(self._values(server, figure)))

    def _values(self, server: str, figure: str) -> list[float]:
        return [measured[server, figure] for measured in self._rounds if (server, figure) in measured]

    def _ratios(self, server: str, base: str, figure: str) -> list[float]:
        """Of the rounds in which the base is above zero: it may add so little that noise is more."""
        both = [measured for measured in self._rounds if (server, figure) in measured and measured.get((base, figure), 0) > 0]
        return [measured[server, figure] / measured[base, figure] for measured in both]

    def _table(self, servers: Sequence[str], cell: Callable[[str, str], str]) -> list[str]:
        figures = dict.fromkeys(figure for measured in self._rounds for _, figure in measured)
        rows = [f"| {figure} | {' | '.join(cell(server, figure) for server in servers)} |" for figure in figures]
        return [f"| | {' | '.join(servers)} |", f"|---|{'---|' * len(servers)}", *rows]


def spread(ratios: Sequence[float]) -> str:
    """The median, and from the least to the most where there were several rounds."""
    if not ratios:
        return "-"
    text = short(statistics.median(ratios))
    return text if len(ratios) == 1 else f"{text} ({short(min(ratios))} to {short(max(ratios))})"


def middle(values: Sequence[float]) -> str:
    return short(statistics.median(values)) if values else "-"


def short(value: float) -> str:
    """About three digits."""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def surroundings(peers: Mapping[str, str], note: str) -> list[str]:
    """What the figures depend on."""
    ours = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    lines = [
        f"Python {platform.python_version()}, {os.cpu_count()} CPUs, Linux {platform.release()}, {_wrk_version()}; {ours}.",
        *(f"{name} {number}." for name, number in peers.items()),
        f"Load average at the end: {' '.join(f'{load:.1f}' for load in os.getloadavg())} (1, 5, 15 minutes).",
    ]
    return [*lines, f"What else ran: {note}."] if note else lines


def _wrk_version() -> str:
    said = subprocess.run(["wrk", "--version"], check=False, capture_output=True, text=True).stdout
    return " ".join(said.split()[:2])
