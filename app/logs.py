"""Where log lines go, and which libraries may write some."""

import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Literal

import orjson

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s%(trace)s"

trace_id: ContextVar[str] = ContextVar("trace_id", default="")
"""Of the request that is being served, if it is traced. A request's task has a context of its own."""

flow_id: ContextVar[str] = ContextVar("flow_id", default="")
"""Of the request that is being served."""

QUIET = ("httpx", "httpcore", "aiohttp")
"""They log whole URLs at INFO, and a URL may hold a key."""


def configure_logging(level: int, style: Literal["text", "json"] = "text") -> None:
    """To standard error, once."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if style == "json" else logging.Formatter(FORMAT))
    handler.addFilter(_name_trace)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("aihub").setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    # Its queue warns again and again that it is full; app.telemetry.exporter says once why that is.
    logging.getLogger("opentelemetry").setLevel(logging.ERROR)


class JsonLines(logging.Formatter):
    """A JSON object a line: `at`, `level`, `logger`, `message`; `flow` and `trace` inside of a request, `exception` with a
    traceback."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "flow": flow_id.get(),
            "trace": trace_id.get(),
            "exception": self.formatException(record.exc_info) if record.exc_info else "",
        }
        # orjson refuses half a letter, which a caller may have sent.
        said = {name: value.encode(errors="replace").decode() for name, value in line.items() if value}
        return orjson.dumps(said).decode()


def _name_trace(record: logging.LogRecord) -> bool:
    found = trace_id.get()
    record.trace = f" [trace {found}]" if found else ""
    return True
