"""What the operating system's accounting is taken for."""

import os
import subprocess
import sys

import pytest

from bench.processes import PAGE_BYTES, TICKS_PER_SECOND, ProcessGroup, parse_stat

NUMBERS = "S 1 4242 4242 0 -1 4194560 900 0 3 0 250 50 7 9 20 0 4 0 12345 104857600 2500 18446744073709551615 1 1 0"

WORKS_THEN_WAITS = """
import sys, time
held = bytearray(64_000_000)
while time.process_time() < 0.2: pass
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.parametrize("name", ["aihub", "granian worker", "a) S (b"])
def test_a_stat_line_is_group_cpu_and_memory_whatever_the_command_is_called(name: str) -> None:
    usage = parse_stat(f"77 ({name}) {NUMBERS}\n")
    assert usage == (4242, 300 / TICKS_PER_SECOND, 2500 * PAGE_BYTES)


def test_a_group_is_what_was_started_in_one_session() -> None:
    command = [sys.executable, "-c", WORKS_THEN_WAITS]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        group = ProcessGroup(process.pid)
        assert len(group.processes()) == 1
        assert group.cpu_seconds() >= 0.15
        worker, everything = group.resident_mb()
        assert worker == everything > 64
        assert group.processes()[0].group != os.getpgid(0)
        assert process.stdin is not None
        process.stdin.close()
