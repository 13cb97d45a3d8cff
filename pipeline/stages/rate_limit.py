"""How often, how many tokens, how many at a time: for callers before anything goes upstream, for channels at each target."""

from dataclasses import dataclass, field
from typing import Annotated, Any

from pydantic import ConfigDict, PlainValidator, RootModel

from pipeline.attempts import NONE_WANTED
from pipeline.expected import expected
from pipeline.flow import Attempt, Flow, Reply
from pipeline.limits.allowance import Allowance
from pipeline.limits.claims import Claim, Grant, Refusal
from pipeline.limits.headers import limit_headers, refusal_headers, without_vendors
from pipeline.limits.parts import group_of
from pipeline.limits.reservation import Reservation, used_tokens
from pipeline.limits.rules import Rules, read_rules
from pipeline.limits.scope import Scope
from pipeline.limits.wording import channels_full, limit_exceeded
from pipeline.ports import Ports
from pipeline.stage import SkipTarget


@dataclass(slots=True)
class Met:
    """The limits that this flow has met: one of the caller's, or one each of the channels that were skipped for it."""

    callers: Refusal | None = None
    channels: list[Refusal] = field(default_factory=list)


class RateLimit:
    """429 for a caller over one of its limits. A channel or key over one of its own is passed over, which is no failure of it; if
    that leaves none, 503. Requests count when they are admitted, whatever becomes of them; tokens are reserved then and corrected
    when the usage is known; slots are held until the flow (for a channel: the attempt) has ended, however it ends.

    What limits nobody costs a look at each allowance, no more.
    """

    class Config(RootModel[Annotated[Rules, PlainValidator(read_rules)]]):
        """Scopes and their limits; see docs/rate-limits.md."""

        model_config = ConfigDict(frozen=True)

    after = ("auth", "model_limits", "mapping")
    before = ("billing",)

    def __init__(self, config: Config, ports: Ports) -> None:
        self._rules = config.root
        self._limits = ports.limits
        self._catalogs = ports.catalogs
        self._callers_limited = any(not scope.limits_nothing for scope in self._rules.admit)
        self._targets_limited = any(not scope.limits_nothing for scope in self._rules.target)

    async def admit(self, flow: Flow) -> None:
        own = self._of_caller(flow)
        if not (own or self._callers_limited):
            return
        if not (claims := await self._claims(self._rules.admit, flow, None, own)):
            return
        taken = await self._limits.take(claims)
        if isinstance(taken, Refusal):
            flow.notes[Met] = Met(taken)
            _note(flow, taken)
            raise limit_exceeded(taken)
        flow.notes[Grant] = taken

    async def target(self, flow: Flow, attempt: Attempt) -> None:
        limits = attempt.target.channel.limits
        if limits is None and not self._targets_limited:
            return
        own = {} if limits is None else {"channel": limits}
        if not (claims := await self._claims(self._rules.target, flow, attempt, own)):
            return
        taken = await self._limits.take(claims)
        if isinstance(taken, Refusal):
            met = flow.notes.get(Met) or Met()
            met.channels.append(taken)
            flow.notes[Met] = met
            _note(flow, taken)
            raise SkipTarget
        attempt.notes[Grant] = taken

    async def attempt_done(self, flow: Flow, attempt: Attempt) -> None:  # noqa: ARG002  # the hook's signature
        if (grant := attempt.notes.pop(Grant)) is not None:
            await self._limits.give_back(grant, used_tokens(attempt))

    async def response(self, flow: Flow, reply: Reply) -> None:
        met = flow.notes.get(Met)
        refusal = met.callers if met is not None else None
        if refusal is not None:
            reply.headers.update(refusal_headers(flow.route.format, refusal))
        elif (grant := flow.notes.get(Grant)) is not None:
            reply.headers = without_vendors(reply.headers) | limit_headers(flow.route.format, grant.meters)

    async def error(self, flow: Flow) -> None:
        met = flow.notes.get(Met)
        none_left = flow.error is not None and flow.error.code == NONE_WANTED
        if none_left and met is not None and met.channels:
            flow.error = channels_full(flow.asked_model, met.channels)

    async def done(self, flow: Flow) -> None:
        if (grant := flow.notes.pop(Grant)) is not None:
            await self._limits.give_back(grant, used_tokens(flow.attempt))

    def _of_caller(self, flow: Flow) -> dict[str, Allowance]:
        """What the database says of this caller, by scope."""
        caller = flow.caller
        if caller is None:
            return {}
        group = self._catalogs.current.groups.get(group_of(flow) or "")
        own = {"user": caller.user_limits, "token": caller.limits, "group": group.limits if group is not None else None}
        return {scope: allowance for scope, allowance in own.items() if allowance is not None}

    async def _claims(
        self, scopes: tuple[Scope, ...], flow: Flow, attempt: Attempt | None, own: dict[str, Allowance]
    ) -> list[Claim]:
        reserved = Reservation(await expected(flow), self._rules.assume_output)
        return [claim for scope in scopes for claim in scope.claims(flow, attempt, own.get(scope.name), reserved)]


def _note(flow: Flow, refusal: Refusal) -> None:
    if flow.trace is not None:
        claim = refusal.claim
        facts: dict[str, Any] = {"scope": claim.scope, "limit": claim.measure.word, "size": claim.limit}
        flow.trace.note("limit met", **facts)
