"""Following the configuration: on SIGHUP and when the file changes, a valid one is put in force and an invalid one refused."""

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from app.config.facts import FIXED
from app.config.load import load_settings
from app.config.problems import ConfigError
from app.config.settings import Settings
from app.gateway import Gateway
from app.generation import Generation
from pipeline.tasks import spawn

log = logging.getLogger("aihub.config")

POLL_SECONDS = 1.0
Make = Callable[[Settings], Awaitable[Generation]]
Remember = Callable[[Settings], Awaitable[None]]
Stamp = tuple[int, int, int] | None


class Reloader:
    """Reloads one after the other: a second wish while one is under way is one more reload after it."""

    def __init__(self, gateway: Gateway, environ: Mapping[str, str], make: Make, remember: Remember) -> None:
        self._gateway = gateway
        self._environ = environ
        self._make = make
        self._remember = remember
        self._one_at_a_time = asyncio.Lock()
        self._file = gateway.generation.settings.file
        self._watcher: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._file is not None:
            self._watcher = spawn(self._watch(self._file), "configuration watch")

    def stop(self) -> None:
        if self._watcher is not None:
            self._watcher.cancel()

    async def reload(self) -> bool:
        """Whether the file was accepted. Whatever is wrong with it, what is in force stays."""
        async with self._one_at_a_time:
            old = self._gateway.generation
            try:
                settings = load_settings(self._file, self._environ)
                new = await self._make(settings)
            except ConfigError as error:
                log.error("the configuration was not reloaded, the last one stays in force:\n%s", error)
                return False
            except Exception:
                log.exception("the configuration was not reloaded, the last one stays in force")
                return False
            self._gateway.generation = new
            old.retire()
            await self._remember(settings)
            log.info("the configuration was reloaded: %s", ", ".join(new.runner.pipeline.names) or "no stages")
            if changed := [name for name in FIXED if getattr(settings, name) != getattr(self._gateway.settings, name)]:
                log.warning("restart needed for what changed in: %s", ", ".join(changed))
            return True

    async def _watch(self, file: Path) -> None:
        seen = _stamp(file)
        while True:
            await asyncio.sleep(POLL_SECONDS)
            now = _stamp(file)
            # A file that is gone is being replaced: what comes next has a stamp of its own.
            if now is not None and now != seen:
                seen = now
                await self.reload()


def _stamp(file: Path) -> Stamp:
    try:
        status = os.stat(file)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino
