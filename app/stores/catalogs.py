"""The current snapshot of channels, groups and prices, and the watch over the database's revision that replaces it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from app.db.channels import Channel, ChannelKey
from app.db.errors import FAILURES, reason
from app.db.groups import Group
from app.db.state import revision
from app.prices.stored import price_of
from app.secrets import SecretError, Secrets
from app.stores.prices import read_prices
from pipeline import catalog
from pipeline.catalog import Catalog
from pipeline.channel_options.common import read_common_options
from pipeline.limits.allowance import stored_allowance
from pipeline.model_mapping import ModelMapping
from pipeline.overrides.header_override import read_header_override
from pipeline.overrides.param_override import read_param_override
from pipeline.patterns import Patterns
from pipeline.refusal import reasons
from pipeline.status_codes import read_status_codes
from pipeline.tasks import spawn
from providers import registry

log = logging.getLogger("aihub.catalogs")

POLL_SECONDS = 1.0


class DatabaseCatalogs:
    """Implements `pipeline.ports.Catalogs`. `on_change` is called whenever the revision has changed: clear your caches."""

    def __init__(
        self,
        secrets: Secrets,
        on_change: Sequence[Callable[[], None]] = (),
        *,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._secrets = secrets
        self._on_change = tuple(on_change)
        self._poll_seconds = poll_seconds
        self._current = Catalog()
        self._revision = -1
        self._stopping = asyncio.Event()
        self._reading = asyncio.Lock()
        self._watch: asyncio.Task[None] | None = None

    @property
    def current(self) -> Catalog:
        return self._current

    async def start(self) -> None:
        """Read the first snapshot, and watch from then on. Raises what the driver raises."""
        await self.refresh()
        self._stopping.clear()
        self._watch = spawn(self._keep_up(), "catalog watch")

    async def stop(self) -> None:
        """Waits for a read under way: Piccolo leaks the connection of a query that is cancelled."""
        self._stopping.set()
        if self._watch is not None:
            await asyncio.shield(self._watch)

    async def refresh(self) -> None:
        """Read the tables again if they have changed. Whoever waits for it may be cancelled; the read is not."""
        await asyncio.shield(spawn(self._read_if_changed(), "catalog read"))

    async def _keep_up(self) -> None:
        failing = False
        while not await self._stopped_within(self._poll_seconds):
            try:
                await self._read_if_changed()
            except Exception as failure:  # noqa: BLE001  # nothing may end this watch: the gateway would go blind for good
                if not failing:
                    log.error("cannot read the channels, the last ones stay in use: %s", _why(failure))
                failing = True
            else:
                if failing:
                    log.info("the channels can be read again")
                failing = False

    async def _stopped_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._stopping.wait()
        except TimeoutError:
            return False

    async def _read_if_changed(self) -> None:
        async with self._reading:
            # Read first: if the tables are newer than this number, the next poll reads them once more.
            latest = await revision()
            if latest == self._revision:
                return
            self._current = await read_catalog(self._secrets)
            self._revision = latest
            for tell in self._on_change:
                tell()


def _why(failure: Exception) -> str:
    return reason(failure) if isinstance(failure, FAILURES) else type(failure).__name__


async def read_catalog(secrets: Secrets) -> Catalog:
    """Every channel, group and price, disabled channels included. A key that cannot be decrypted is logged and left out."""
    channels = await Channel.select().order_by(Channel.name).output(load_json=True)
    keys = await ChannelKey.select().order_by(ChannelKey.position)
    groups = await Group.select().order_by(Group.position, Group.name).output(load_json=True)
    keys_of: dict[UUID, list[catalog.ChannelKey]] = {row["id"]: [] for row in channels}
    for row in keys:
        # A channel made since the first query has no list yet: the revision has moved, and the next read has it all.
        if row["channel"] in keys_of and (key := _key(row, secrets)):
            keys_of[row["channel"]].append(key)
    return Catalog(
        tuple(_channel(row, tuple(keys_of[row["id"]]) or _no_key(row, keys)) for row in channels),
        tuple(map(_group, groups)),
        await read_prices(),
    )


def _group(row: dict[str, Any]) -> catalog.Group:
    return catalog.Group(
        name=row["name"],
        models=Patterns(row["models"]),
        auto=row["auto"],
        usable_by=tuple(row["usable_by"]),
        ratio=Fraction(row["ratio"]),
        ratios={group: Fraction(ratio) for group, ratio in row["ratios"].items()},
        unpriced=None if row["unpriced"] is None else price_of(row["unpriced"]),
        limits=stored_allowance(row["limits"]),
    )


def _no_key(channel: dict[str, Any], keys: list[dict[str, Any]]) -> tuple[catalog.ChannelKey, ...]:
    """A target has a key; where the vendor asks for none and the channel has none, that is an empty one."""
    if channel["vendor"] not in registry.names() or registry.get(channel["vendor"]).needs_key:
        return ()
    # Keys that cannot be decrypted are no reason to go on without one.
    if any(row["channel"] == channel["id"] for row in keys):
        return ()
    return (catalog.ChannelKey(str(channel["id"]), "none", ""),)


def _key(row: dict[str, Any], secrets: Secrets) -> catalog.ChannelKey | None:
    try:
        secret = secrets.unseal(row["id"], row["sealed"])
    except SecretError as error:
        log.error("%s, it is not used; declare the channel's keys again", error)
        return None
    return catalog.ChannelKey(str(row["id"]), row["name"], secret, row["enabled"], row["priority"])


def _channel(row: dict[str, Any], keys: tuple[catalog.ChannelKey, ...]) -> catalog.Channel:
    channel = _plain(row, keys)
    try:
        return replace(
            channel,
            common=read_common_options(row["options"]),
            model_mapping=ModelMapping(row["model_mapping"]) if row["model_mapping"] else None,
            param_override=read_param_override(row["param_override"]),
            header_override=read_header_override(row["header_override"]),
            status_code_mapping=read_status_codes(row["status_code_mapping"]),
            limits=stored_allowance(row["limits"]),
        )
    except ValidationError as error:
        # Sending what the operator wanted changed would be worse than sending nothing.
        log.error("channel %r is not used until it is declared again: %s", row["name"], reasons(error))
        return replace(channel, enabled=False)


def _plain(row: dict[str, Any], keys: tuple[catalog.ChannelKey, ...]) -> catalog.Channel:
    return catalog.Channel(
        id=str(row["id"]),
        name=row["name"],
        vendor=row["vendor"],
        keys=keys,
        models=Patterns(row["models"]),
        enabled=row["enabled"],
        base_url=row["base_url"],
        key_mode=row["key_mode"],
        groups=tuple(row["groups"]),
        priority=row["priority"],
        weight=row["weight"],
        formats=None if row["formats"] is None else tuple(row["formats"]),
        proxy=row["proxy"],
        options=row["options"],
    )
