"""Where log lines go, and which libraries may write some."""

import logging
import sys

FORMAT = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"

QUIET = ("httpx", "httpcore", "pyreqwest")
"""They log whole URLs at INFO, and a URL may hold a key."""


def configure_logging(level: int) -> None:
    """To standard error, once."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("aihub").setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
