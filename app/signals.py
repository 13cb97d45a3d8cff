"""What a worker of `aihub serve` does on a signal. The watching process sends them; Granian's own handlers stay in force."""

import asyncio
import signal
from collections.abc import Callable

DRAIN = signal.SIGUSR1
"""Sent before Granian's SIGTERM, which closes the listener and then waits for the open streams without limit."""

RELOAD = signal.SIGHUP


def on_signals(drain: Callable[[], object], reload: Callable[[], object]) -> None:
    """Only for a process that is ours: someone else's app keeps its own handlers."""
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(DRAIN, drain)
    loop.add_signal_handler(RELOAD, reload)
