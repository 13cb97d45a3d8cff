"""What a server's processes use, as the operating system counts it in /proc/<pid>/stat (proc_pid_stat(5)). Linux only."""

import os
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Usage(NamedTuple):
    """One process: its process group, its CPU time since it began, and its resident memory, shared pages included."""

    group: int
    cpu_seconds: float
    resident_bytes: int


class ProcessGroup:
    """A server that was started in a session of its own, with all its workers."""

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def processes(self) -> list[Usage]:
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(OSError):  # it has ended
                usage = parse_stat(stat.read_text())
                if usage.group == self.pid:
                    found.append(usage)
        return found

    def cpu_seconds(self) -> float:
        """Of the processes that live; in ticks, mostly of 10 ms."""
        return sum(each.cpu_seconds for each in self.processes())

    def resident_mb(self) -> tuple[float, float]:
        """Of the largest process, which is the worker, and of all. A page that processes share is counted in each."""
        sizes = [each.resident_bytes / 1e6 for each in self.processes()] or [0.0]
        return max(sizes), sum(sizes)


def parse_stat(line: str) -> Usage:
    """The command's name comes second, in parentheses, and may hold blanks and parentheses itself."""
    fields = line.rpartition(")")[2].split()
    return Usage(int(fields[2]), (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND, int(fields[21]) * PAGE_BYTES)
