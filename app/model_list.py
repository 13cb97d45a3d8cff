"""`GET /v1/models` and `GET /v1/models/{id}`: the models that this caller may use and some channel serves."""

from collections.abc import Iterator
from typing import Any

import msgspec

from app.model_shapes import SHAPES, Model
from pipeline.caller import Caller
from pipeline.catalog import Catalog, Channel
from pipeline.errors import NotFound
from pipeline.flow import Flow, Reply
from pipeline.ports import Catalogs
from pipeline.routing import allowed_groups, caller_groups
from providers import registry


class ModelList:
    """Answers in the shape of the caller's format, from the snapshot in memory."""

    def __init__(self, catalogs: Catalogs) -> None:
        self._catalogs = catalogs

    async def list(self, flow: Flow) -> Reply:
        """Names only: a channel's wildcard cannot be listed, so such a channel shows what its vendor's row lists."""
        catalog = self._catalogs.current
        found: dict[str, str] = {}
        for group in caller_groups(flow.caller, catalog):
            for channel in catalog.in_group(group):
                for model in _listed(channel):
                    if model not in found and _allowed(flow.caller, catalog, model, group):
                        found[model] = channel.vendor
        models = [Model(name, vendor) for name, vendor in sorted(found.items())]
        return _json(SHAPES[flow.route.format].all(models))

    async def one(self, flow: Flow) -> Reply:
        """Any model that a call would reach, wildcards included. Raises `NotFound` for the others."""
        catalog = self._catalogs.current
        model = flow.request.rest
        for group in caller_groups(flow.caller, catalog):
            for channel in catalog.in_group(group):
                if channel.enabled and model in channel.models and _allowed(flow.caller, catalog, model, group):
                    return _json(SHAPES[flow.route.format].one(Model(model, channel.vendor)))
        raise NotFound(f"The model {model!r} does not exist or you do not have access to it.", code="model_not_found")


def _listed(channel: Channel) -> Iterator[str]:
    if channel.enabled:
        yield from channel.models.exact
        if channel.models.wild:
            yield from (model for model in registry.get(channel.vendor).models if model in channel.models)


def _allowed(caller: Caller | None, catalog: Catalog, model: str, group: str) -> bool:
    return caller is None or group in allowed_groups(caller, catalog, model)


def _json(value: Any) -> Reply:
    return Reply(200, {"content-type": "application/json"}, msgspec.json.encode(value))
