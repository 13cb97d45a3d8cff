"""The ASGI application that `aihub serve` runs in each worker: a Litestar app with just the gateway's plugin."""

import logging
import os
from pathlib import Path

from litestar import Litestar

from app.config.load import load_settings
from app.logs import configure_logging
from app.plugin import GatewayPlugin

CONFIG_VARIABLE = "AIHUB_CONFIG"


def build_app() -> Litestar:
    """Reads the file that `AIHUB_CONFIG` names; raises `ConfigError` if it is wrong."""
    configure_logging(logging.INFO)
    named = os.environ.get(CONFIG_VARIABLE)
    settings = load_settings(Path(named) if named else None, os.environ)
    return Litestar(plugins=[GatewayPlugin(settings)], openapi_config=None, logging_config=None)
