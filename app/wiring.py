"""From settings to a gateway that runs: stores, stages, vendors, and who is told what."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from app.client_address import ClientAddress
from app.config.settings import Settings
from app.config.stages import compile_stages
from app.conversation import ConversationLimits
from app.cors import Cors
from app.db.opening import opened
from app.gateway import Gateway
from app.model_list import ModelList
from app.request_body import BodyLimits
from app.secrets import load
from app.stores.callers import DatabaseCallers
from app.stores.catalogs import DatabaseCatalogs
from pipeline.attempts import Attempts, RetryPolicy
from pipeline.compile import Pipeline
from pipeline.ports import Catalogs, Ports, Upstream
from pipeline.runner import Runner
from pipeline.tasks import settle
from providers.exchange import Timeouts
from providers.upstream import HttpUpstream

log = logging.getLogger("aihub")


@asynccontextmanager
async def running_gateway(settings: Settings, environ: Mapping[str, str]) -> AsyncIterator[Gateway]:
    """A gateway with everything it needs, for as long as the block runs; then what has begun is given `drain_timeout` to end."""
    secrets = load(environ, settings.base_dir)
    async with opened(settings.database, settings.base_dir, secrets, pool=True):
        callers = DatabaseCallers(secrets)
        catalogs = DatabaseCatalogs(secrets, on_change=[callers.clear])
        pipeline = compile_stages(settings, Ports(callers, catalogs))
        upstream = make_upstream(settings)
        await catalogs.start()
        await pipeline.start()
        gateway = _gateway(settings, make_runner(settings, pipeline, catalogs, upstream))
        try:
            yield gateway
        finally:
            gateway.close()
            await catalogs.stop()
            if left := await settle(settings.server.drain_timeout):
                log.warning("%d tasks were still running at the end of the drain time", left)
            await pipeline.stop()
            await upstream.close()


def make_runner(settings: Settings, pipeline: Pipeline, catalogs: Catalogs, upstream: Upstream) -> Runner:
    policy = RetryPolicy(settings.routing.attempts, max_wait=settings.routing.max_retry_wait)
    models = ModelList(catalogs)
    local = {"models": models.list, "model": models.one}
    return Runner(pipeline, Attempts(pipeline, catalogs, upstream, policy), local)


def _gateway(settings: Settings, runner: Runner) -> Gateway:
    server = settings.server
    return Gateway(
        runner,
        address=ClientAddress(server.trusted_proxies),
        cors=Cors(server.cors.origins),
        body_limits=BodyLimits(server.max_body_mb << 20, server.body_idle_timeout, server.body_timeout),
        limits=ConversationLimits(settings.routing.timeouts.total),
        max_flows=server.max_flows,
    )


def make_upstream(settings: Settings) -> HttpUpstream:
    timeouts = settings.routing.timeouts
    return HttpUpstream(Timeouts(timeouts.connect, timeouts.first_event, timeouts.unary, timeouts.idle))
