"""Where log lines go, and which libraries may write some."""

import logging
import sys
from contextvars import ContextVar

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s%(trace)s"

trace_id: ContextVar[str] = ContextVar("trace_id", default="")
"""Of the request that is being served, if it is traced. A request's task has a context of its own."""

QUIET = ("httpx", "httpcore", "aiohttp")
"""They log whole URLs at INFO, and a URL may hold a key."""


def configure_logging(level: int) -> None:
    """To standard error, once."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT))
    handler.addFilter(_name_trace)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("aihub").setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Its queue warns again and again that it is full; app.telemetry.exporter says once why that is.
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)


def _name_trace(record: logging.LogRecord) -> bool:
    found = trace_id.get()
    record.trace = f" [trace {found}]" if found else ""
    return True
