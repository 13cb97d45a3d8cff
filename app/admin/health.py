"""Is it alive, is it ready, what is it: for load balancers, and for the console's first page."""

import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from litestar import Response, get
from litestar.handlers import HTTPRouteHandler

from providers import registry

if TYPE_CHECKING:
    from app.plugin import GatewayPlugin

VERSION = version("aihub")


def health_routes(plugin: "GatewayPlugin") -> list[HTTPRouteHandler]:
    """`/healthz` is true while the process can answer at all; `/readyz` while it takes new work."""

    @get("/healthz", sync_to_thread=False, include_in_schema=False)
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @get("/readyz", sync_to_thread=False, include_in_schema=False)
    def readyz() -> Response[dict[str, str]]:
        ready = plugin.gateway is not None and not plugin.gateway.closed
        return Response({"status": "ready" if ready else "not ready"}, status_code=200 if ready else 503)

    @get("/api/status", sync_to_thread=False)
    def status() -> dict[str, Any]:
        """Nothing here helps a stranger: no channel, no name, no address."""
        gateway = plugin.gateway
        return {
            "version": VERSION,
            "ready": gateway is not None and not gateway.closed,
            "uptime_seconds": int(time.time() - plugin.started),
            "flows": gateway.flows if gateway is not None else 0,
            "stages": list(gateway.generation.runner.pipeline.names) if gateway is not None else [],
            "vendors": list(registry.names()),
        }

    return [healthz, readyz, status]
