"""The whole gateway as one Litestar plugin: the data plane, the health checks and the console."""

import os
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, asgi
from litestar.config.app import AppConfig
from litestar.plugins import InitPlugin
from litestar.types import Receive, Scope, Send

from app.admin.health import health_routes
from app.config.settings import Settings
from app.console import console_routes
from app.gateway import Gateway
from app.routes import PREFIXES
from app.signals import on_signals
from app.wiring import running_gateway
from pipeline.tasks import spawn


class GatewayPlugin(InitPlugin):
    """Mounts AiHub in a Litestar app: the data plane below its routes' prefixes (`/v1`), the probes, `/api`, `/console/`.

    The stores are opened with the app's lifespan and closed with it. With `signals` it drains and reloads on those that
    `aihub serve` sends; someone else's app keeps its own.
    """

    def __init__(self, settings: Settings, environ: Mapping[str, str] | None = None, *, signals: bool = False) -> None:
        self._settings = settings
        self._signals = signals
        self._environ = os.environ if environ is None else environ
        self._gateway: Gateway | None = None
        self.started = time.time()

    @property
    def gateway(self) -> Gateway | None:
        """None before the start and after the end."""
        return self._gateway

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        app_config.lifespan = [*app_config.lifespan, self._lifespan]
        app_config.route_handlers += [self._data_plane(), *health_routes(self), *console_routes()]
        return app_config

    @asynccontextmanager
    async def _lifespan(self, _: Litestar) -> AsyncIterator[None]:
        async with running_gateway(self._settings, self._environ) as (gateway, reloader):
            self._gateway = gateway
            if self._signals:
                on_signals(gateway.close, lambda: spawn(reloader.reload(), "reload"))
            try:
                yield
            finally:
                self._gateway = None

    def _data_plane(self) -> Any:
        @asgi(list(PREFIXES), is_mount=True, copy_scope=False, name="data_plane")
        async def data_plane(scope: Scope, receive: Receive, send: Send) -> None:
            assert self._gateway is not None, "the lifespan opens the gateway before the first request"
            await self._gateway(scope, receive, send)

        return data_plane
