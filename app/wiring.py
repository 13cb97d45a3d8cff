"""From settings to a gateway that runs: stores, stages, vendors, and who is told what."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from app.config.facts import facts_of
from app.config.settings import DAY, Settings
from app.config.stages import compile_stages
from app.db.configurations import remember
from app.db.errors import FAILURES, reason
from app.db.opening import opened, secrets_for
from app.gateway import Gateway
from app.generation import Generation
from app.jobs.retention import Retention
from app.model_list import ModelList
from app.reload import Reloader
from app.secrets import Secrets
from app.stores.callers import DatabaseCallers
from app.stores.catalogs import DatabaseCatalogs
from app.stores.ledger.opened import open_books
from app.stores.responses import DatabaseResponses
from app.telemetry.environment import tracing_plan
from pipeline.attempts import Attempts, RetryPolicy
from pipeline.limits.memory import MemoryLimits
from pipeline.ports import Ledger, Limits, Log, Ports
from pipeline.runner import Runner
from pipeline.tasks import settle
from providers.exchange import Timeouts
from providers.formats.openai_responses.keeping import KeepResponses
from providers.formats.openai_responses.retrieval import Retrieval
from providers.upstream import HttpUpstream

if TYPE_CHECKING:
    from app.stores.limits.shared import SharedLimits
    from app.telemetry.tracing import Tracing

log = logging.getLogger("aihub")

SETTLE_SECONDS = 8.0
"""For settlements at the end, once every conversation is over; less than the margin before the process is killed."""


class World:
    """What outlives a reload: the stores, and the vendors' connections as long as their timeouts stay."""

    def __init__(
        self,
        callers: DatabaseCallers,
        catalogs: DatabaseCatalogs,
        limits: Limits,
        ledger: Ledger,
        written: Log,
        responses: DatabaseResponses,
    ) -> None:
        self._ports = Ports(callers, catalogs, limits, ledger, written)
        self._responses = responses
        self._catalogs = catalogs
        self._upstreams: dict[Timeouts, HttpUpstream] = {}

    async def generation(self, settings: Settings) -> Generation:
        """A pipeline that has been started. Raises `ConfigError`, and what its stages' `start` raises."""
        responses = self._responses if settings.responses.store else None
        keeping = KeepResponses(responses, settings.responses.lifetime_days * DAY)
        pipeline = compile_stages(settings, self._ports, [("responses", keeping)])
        await pipeline.start()
        routing = settings.routing
        upstream = self._upstream(timeouts_of(settings))
        policy = RetryPolicy(routing.attempts, max_wait=routing.max_retry_wait, fallbacks=routing.fallbacks)
        models, retrieval = ModelList(self._catalogs), Retrieval(responses)
        local = {
            "models": models.list,
            "model": models.one,
            "response": retrieval.get,
            "response.delete": retrieval.delete,
            "response.act": retrieval.act,
        }
        attempts = Attempts(pipeline, self._catalogs, upstream, policy)
        runner = Runner(pipeline, attempts, local)
        return Generation(settings, runner, routing.timeouts.total, pipeline.stop)

    async def close(self) -> None:
        for upstream in self._upstreams.values():
            await upstream.close()

    def _upstream(self, timeouts: Timeouts) -> HttpUpstream:
        if timeouts not in self._upstreams:
            self._upstreams[timeouts] = HttpUpstream(timeouts)
        return self._upstreams[timeouts]


@asynccontextmanager
async def running_gateway(settings: Settings, environ: Mapping[str, str]) -> AsyncIterator[tuple[Gateway, Reloader]]:
    """A gateway with everything it needs, for as long as the block runs. The server has waited for the conversations by then;
    what is left are their settlements."""
    secrets = secrets_for(settings.database, settings.base_dir, environ)
    async with (
        opened(settings.database, settings.base_dir, secrets, pool=True) as engine,
        open_books(engine, settings.database, settings.base_dir) as (ledger, written),
    ):
        callers = DatabaseCallers(secrets)
        catalogs = DatabaseCatalogs(secrets, on_change=[callers.clear])
        shared = make_shared_limits(settings)
        responses = DatabaseResponses(secrets)
        world = World(callers, catalogs, shared or MemoryLimits(), ledger, written, responses)
        await catalogs.start()
        if shared is not None:
            await shared.start()
        tracing = make_tracing(settings, environ)
        gateway = Gateway(settings, await world.generation(settings), tracing)
        reloader = Reloader(gateway, environ, world.generation, lambda loaded: remember_settings(loaded, secrets))
        await remember_settings(settings, secrets)
        reloader.start()
        retention = Retention(engine, settings.log)
        retention.start()
        try:
            yield gateway, reloader
        finally:
            gateway.close()
            reloader.stop()
            await retention.stop()
            if shared is not None:
                shared.stop()
            await catalogs.stop()
            gateway.generation.retire()
            if left := await settle(SETTLE_SECONDS):
                log.warning("%d tasks were still running at the end", left)
            await world.close()
            if shared is not None:
                await shared.close()
            if tracing is not None:
                await tracing.close()


async def remember_settings(settings: Settings, secrets: Secrets) -> None:
    """For `aihub check`. A database that is away is no reason not to serve."""
    try:
        await asyncio.shield(remember(settings.file, facts_of(settings, secrets.fingerprint)))
    except FAILURES as failure:
        log.warning("the configuration in force is not noted down for `aihub check`: %s", reason(failure))


def make_tracing(settings: Settings, environ: Mapping[str, str]) -> "Tracing | None":
    """None without an endpoint: then OpenTelemetry is not even imported."""
    if (plan := tracing_plan(settings.telemetry, environ)) is None:
        return None
    from app.telemetry.tracing import Tracing  # noqa: PLC0415  # most do without it

    return Tracing(plan, environ)


def make_shared_limits(settings: Settings) -> "SharedLimits | None":
    """None without `redis`: then its client is not even imported."""
    if settings.redis is None:
        return None
    from app.stores.limits.shared import shared_limits  # noqa: PLC0415  # as above

    return shared_limits(settings.redis, settings.server.workers)


def timeouts_of(settings: Settings) -> Timeouts:
    timeouts = settings.routing.timeouts
    return Timeouts(timeouts.connect, timeouts.first_event, timeouts.unary, timeouts.idle)
