"""The ASGI application that `aihub serve` runs in each worker: a Litestar app with just the gateway's plugin."""

import logging
import os
from pathlib import Path
from typing import Any

from litestar import Litestar, Request, Response
from litestar.exceptions import MethodNotAllowedException, NotFoundException

from app.config.load import load_settings
from app.gateway import new_flow_id
from app.logs import configure_logging
from app.plugin import GatewayPlugin
from app.routes import DEFAULT_FORMAT, no_match
from providers import formats

CONFIG_VARIABLE = "AIHUB_CONFIG"


def build_app() -> Litestar:
    """Reads the file that `AIHUB_CONFIG` names; raises `ConfigError` if it is wrong."""
    named = os.environ.get(CONFIG_VARIABLE)
    settings = load_settings(Path(named) if named else None, os.environ)
    configure_logging(logging.INFO, settings.log.format)
    return Litestar(
        plugins=[GatewayPlugin(settings, signals=True)],
        exception_handlers={NotFoundException: _nothing_there, MethodNotAllowedException: _nothing_there},
        openapi_config=None,
        logging_config=None,
    )


def _nothing_there(request: Request[Any, Any, Any], _: Exception) -> Response[bytes]:
    """A path outside the data plane's is most often a wrong base URL: the answer must be one that an SDK can read."""
    flow_id = new_flow_id()
    reply = formats.get(DEFAULT_FORMAT).errors.reply(no_match(request.method, request.url.path), flow_id)
    headers = {name: value for name, value in reply.headers.items() if name != "content-type"} | {"x-request-id": flow_id}
    return Response(reply.body, status_code=reply.status, headers=headers, media_type=reply.headers["content-type"])
