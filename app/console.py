"""Serves the console's files, which talk to the management API only."""

from pathlib import Path
from typing import Any

from litestar import Response, Router, get
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect
from litestar.static_files import create_static_files_router

import admin_ui

FILES = Path(admin_ui.__file__).parent / "static"

HEADERS = {
    "content-security-policy": "default-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}


def console_routes() -> list[HTTPRouteHandler | Router]:
    """The console under `/console/`, and the way there from `/`."""

    @get("/", sync_to_thread=False, include_in_schema=False)
    def to_console() -> Redirect:
        return Redirect("/console/")

    async def secure(response: Response[Any]) -> Response[Any]:
        response.headers.update(HEADERS)
        return response

    files = create_static_files_router("/console", [FILES], html_mode=True, after_request=secure, include_in_schema=False)
    return [to_console, files]
