"""Which target next: pure, given the candidates, what failed so far, and a source of chance."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.caller import Caller
from pipeline.catalog import Catalog, Channel, ChannelKey, Target
from pipeline.errors import GatewayError, NotFound, Unavailable
from pipeline.retry import Blame, Failure

FAILURES_PER_TIER = 2
"""After two failures in one tier the others there are likely ill with the same thing: go down a tier."""


def caller_groups(caller: Caller | None, catalog: Catalog) -> tuple[str, ...]:
    """The groups whose channels may serve this caller, in order. Without `auth` in the pipeline: every group."""
    if caller is None:
        return tuple({group: None for channel in catalog.channels for group in channel.groups})
    if caller.group != "auto":
        return (caller.group,)
    return tuple(group.name for group in catalog.auto_groups if group.open_to(caller.user_group))


def allowed_groups(caller: Caller | None, catalog: Catalog, model: str) -> tuple[str, ...]:
    """Those of the caller's groups in which it may use `model`, in order."""
    if caller is not None and caller.models and model not in caller.models:
        return ()
    return tuple(name for name in caller_groups(caller, catalog) if _group_allows(catalog, name, model))


def _group_allows(catalog: Catalog, name: str, model: str) -> bool:
    group = catalog.groups.get(name)
    return group is None or not group.models or model in group.models


def candidates(catalog: Catalog, groups: Sequence[str], model: str, *, one_group: bool, pin: str | None) -> tuple[Target, ...]:
    """Every enabled key of every enabled channel that lists `model`, in tiers: group order, then channel priority.

    `one_group` keeps to the first group that has any. `pin` is the name of the only channel that will do.
    """
    found: list[Target] = []
    seen: set[str] = set()
    for rank, group in enumerate(groups):
        for channel in catalog.in_group(group):
            if channel.id in seen or not channel.enabled or model not in channel.models:
                continue
            if pin is not None and channel.name != pin:
                continue
            seen.add(channel.id)
            tier = (rank, -channel.priority)
            found += [Target(channel, key, model, tier, group) for key in channel.keys if key.enabled]
        if found and one_group:
            break
    found.sort(key=lambda target: target.tier)
    return tuple(found)


def no_candidates(catalog: Catalog, groups: Iterable[str], model: str) -> GatewayError:
    """Why there are none: the model is unknown to the caller's groups, or all that knows it is switched off."""
    if any(model in channel.models for group in groups for channel in catalog.in_group(group)):
        return Unavailable(
            f"No channel that serves the model {model!r} is available now.",
            code="no_available_channel",
            retry_after=30,
        )
    return NotFound(f"The model {model!r} does not exist or you do not have access to it.", code="model_not_found")


@dataclass(slots=True)
class Rotation:
    """Where a channel with `key_mode: polling` stands. Shared by all flows of a worker."""

    turns: dict[str, int] = field(default_factory=dict)

    def next(self, channel: Channel, keys: Sequence[ChannelKey]) -> ChannelKey:
        turn = self.turns.get(channel.id, 0)
        self.turns[channel.id] = turn + 1
        return keys[turn % len(keys)]


class Selection:
    """One flow's walk through its candidates: by tier, weighted among the tier's channels, each target once.

    The channel that the flow would `prefer` is the first to be asked while it can still serve, whatever its tier. `fallbacks`
    are the targets of other models, model by model, for when the one asked for turns out to be unfit.
    """

    def __init__(
        self,
        targets: Sequence[Target],
        rotation: Rotation,
        chance: random.Random,
        *,
        prefer: str | None = None,
        fallbacks: Sequence[Sequence[Target]] = (),
    ) -> None:
        self._left = list(targets)
        self._prefer = prefer
        self._fallbacks = [list(each) for each in fallbacks]
        self._again: list[Target] = []
        self._rotation = rotation
        self._chance = chance
        self._failures: dict[tuple[int, ...], int] = {}

    def next(self) -> Target | None:
        """An untried target of the best tier, or None when all were tried."""
        preferred = self._prefer and [target for target in self._left if target.channel.name == self._prefer]
        return self._choose(preferred or self._left)

    def again(self) -> Target | None:
        """With nothing untried left: one whose failure may pass, or None."""
        return self._choose(self._again)

    def fall_back(self) -> bool:
        """Go on with the next model's targets, and only with them; False if there is no other model."""
        if not self._fallbacks:
            return False
        self._left = self._fallbacks.pop(0)
        self._again = []
        return True

    def skip(self, target: Target) -> None:
        """A stage does not want it now: neither tried nor failed."""
        self._drop(target)

    def failed(self, target: Target, failure: Failure, *, may_pass: bool) -> None:
        """Exclude what failed: the key, or the whole channel; and leave a tier that failed twice."""
        if failure.blame is Blame.CHANNEL:
            self._left = [other for other in self._left if other.channel.id != target.channel.id]
        else:
            self._drop(target)
        self._again = [other for other in self._again if other is not target]
        if may_pass:
            self._again.append(target)
        count = self._failures[target.tier] = self._failures.get(target.tier, 0) + 1
        if count >= FAILURES_PER_TIER and any(other.tier != target.tier for other in self._left):
            self._left = [other for other in self._left if other.tier != target.tier]

    def _drop(self, target: Target) -> None:
        self._left = [other for other in self._left if other is not target]
        self._again = [other for other in self._again if other is not target]

    def _choose(self, pool: Sequence[Target]) -> Target | None:
        if not pool:
            return None
        if len(pool) == 1:
            return pool[0]
        best = min(target.tier for target in pool)
        by_channel: dict[str, list[Target]] = {}
        for target in pool:
            if target.tier == best:
                by_channel.setdefault(target.channel.id, []).append(target)
        channels = list(by_channel.values())
        weights = [targets[0].channel.weight for targets in channels]
        targets = self._chance.choices(channels, weights if any(weights) else None)[0]
        return self._one_of(targets)

    def _one_of(self, targets: Sequence[Target]) -> Target:
        channel = targets[0].channel
        first = max(target.key.priority for target in targets)
        targets = [target for target in targets if target.key.priority == first]
        if len(targets) == 1:
            return targets[0]
        if channel.key_mode == "polling":
            key = self._rotation.next(channel, [target.key for target in targets])
            return next(target for target in targets if target.key is key)
        return self._chance.choice(targets)
