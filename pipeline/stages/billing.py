"""Money: held before anything goes upstream, settled when the flow has ended."""

import datetime as dt
import time
from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipeline.billing.charge import Charge, Settlement
from pipeline.billing.cost_events import CostEvents, usd
from pipeline.billing.owed import GATEWAY_FAILED, REJECTED, Owed, owed
from pipeline.billing.quote import Quote, quote
from pipeline.billing.record import consume_record, error_record
from pipeline.caller import Caller
from pipeline.catalog import Target
from pipeline.errors import Forbidden
from pipeline.expected import allowed_output, expected
from pipeline.flow import Attempt, Flow, Reply
from pipeline.ports import Ports
from pipeline.pricing.bill import Bill
from pipeline.pricing.price import ONE
from pipeline.record import Record
from pipeline.stage import SkipTarget
from pipeline.usage import Usage

COST_HEADER = "x-aihub-cost-usd"
COST_EVENT = "x-aihub-cost-event"
"""A caller who sends this header, with any value, is told what a stream cost; see `pipeline.billing.cost_events`."""


@dataclass(slots=True)
class Held:
    """What a flow holds: `amount` nano-dollars for `output` tokens, at what its candidates ask, in the order of their ids."""

    charge: Charge
    at: dt.datetime
    input: int
    output: int
    quotes: dict[tuple[str, str], Quote | None]
    amount: int = 0


class Billing:
    """402 for a caller whose balance or quota does not cover the dearest of the targets that could answer, 403 for a model
    without a price. Every call that is sent is settled or void, once, whatever becomes of it; see docs/billing.md for who pays.

    A caller without an account (a pipeline without `auth`) pays nothing.
    """

    class Config(BaseModel):
        """`assume_output`: tokens held for an answer whose caller sets no bound. `on_disconnect`: whether the stream of a caller
        who left is read to its end for the exact bill (`drain`), or closed and charged as far as it came (`cancel`)."""

        model_config = ConfigDict(extra="forbid", frozen=True)

        assume_output: Annotated[int, Field(ge=1, le=1_000_000)] = 4096
        on_disconnect: Literal["cancel", "drain"] = "cancel"

    after = ("auth", "model_limits", "mapping", "rate_limit", "param_override")

    def __init__(self, config: Config, ports: Ports) -> None:
        self._config = config
        self._catalogs = ports.catalogs
        self._ledger = ports.ledger
        self._log = ports.log

    async def admit(self, flow: Flow) -> None:
        caller = flow.caller
        if caller is None or not flow.route.billable:
            return
        flow.on_disconnect = self._config.on_disconnect
        request = await expected(flow)
        output = request.output(self._config.assume_output)
        charge = Charge(f"{flow.id}:1", caller.user_id, caller.token_id)
        held = Held(charge, dt.datetime.now(dt.UTC), request.input, output, self._quotes(flow, caller))
        asked = [asking for asking in held.quotes.values() if asking is not None]
        if not asked:
            raise Forbidden(f"The model {flow.asked_model!r} has no price, so it cannot be used.", code="model_not_priced")
        # From here on it is settled, whether or not the hold is granted.
        flow.notes[Held] = held
        most = Usage(input=held.input, output=output)
        held.amount = max(asking.bill(most, held.at).total_nano for asking in asked)
        await self._ledger.hold(charge, held.amount)

    async def target(self, flow: Flow, attempt: Attempt) -> None:
        held = flow.notes.get(Held)
        if held is not None and held.quotes[_place(attempt.target)] is None:
            raise SkipTarget

    async def upstream_request(self, flow: Flow, attempt: Attempt) -> None:
        """An override may have raised the bound on the answer: then the difference is held before anything is sent."""
        held = flow.notes.get(Held)
        if held is None or attempt.body is None:
            return
        output = allowed_output(attempt.body, self._config.assume_output)
        asking = held.quotes[_place(attempt.target)]
        if output <= held.output or asking is None:
            return
        held.output = output
        amount = asking.bill(Usage(input=held.input, output=output), held.at).total_nano
        if amount > held.amount:
            held.amount = amount
            await self._ledger.hold(held.charge, amount)

    async def response(self, flow: Flow, reply: Reply) -> None:
        held = flow.notes.get(Held)
        if held is None or flow.attempt is None or flow.attempt.reply is not reply or reply.status >= 400:
            return
        if reply.events is not None:
            if flow.request.headers.get(COST_EVENT) is not None:
                reply.events = CostEvents(reply.events, lambda: self._bill(flow, held, owed(flow, held.input)))
        elif (told := self._bill(flow, held, owed(flow, held.input))) is not None:
            reply.headers[COST_HEADER] = usd(told.total_nano)

    async def done(self, flow: Flow) -> None:
        at, now = time.time(), time.monotonic()
        held = flow.notes.pop(Held)
        if held is None:
            self._tell(error_record(flow, REJECTED, at=at, ended=now))
            return
        try:
            self._settle(flow, held, at, now)
        except Exception:
            # Whatever could not be worked out, nothing may stay held for a flow that is over.
            self._ledger.settle(Settlement(held.charge, 0, GATEWAY_FAILED))
            raise

    def _settle(self, flow: Flow, held: Held, at: float, now: float) -> None:
        ended = owed(flow, held.input)
        told = self._bill(flow, held, ended)
        attempt = flow.attempt
        cost = self._cost(flow.attempt, ended, held)
        record = None if told is None else consume_record(flow, ended, told, cost, at=at, ended=now)
        if record is None:
            self._tell(error_record(flow, ended.reason, at=at, ended=now))
        self._ledger.settle(
            Settlement(
                charge=held.charge,
                amount=told.total_nano if told is not None else 0,
                reason=ended.reason,
                usage=ended.usage,
                cost=cost,
                served_by=(attempt.target.channel.id, attempt.target.key.id) if attempt is not None else None,
                record=record,
            )
        )

    def _tell(self, record: Record | None) -> None:
        """In the log; not of callers whom nobody knows, who could fill it."""
        if record is not None and record.user:
            self._log.write(record)

    def _quotes(self, flow: Flow, caller: Caller) -> dict[tuple[str, str], Quote | None]:
        catalog = self._catalogs.current
        found: dict[tuple[str, str], Quote | None] = {}
        for target in flow.candidates:
            if (place := _place(target)) not in found:
                found[place] = quote(catalog, caller, flow, target)
        return found

    @staticmethod
    def _bill(flow: Flow, held: Held, ended: Owed) -> Bill | None:
        if ended.usage is None or flow.attempt is None:
            return None
        asking = held.quotes[_place(flow.attempt.target)]
        return None if asking is None else asking.bill(ended.usage, held.at)

    def _cost(self, attempt: Attempt | None, ended: Owed, held: Held) -> int | None:
        """What the vendor lists for the model that was sent."""
        if attempt is None or ended.usage is None:
            return None
        entry = self._catalogs.current.prices.listed(attempt.model, attempt.target.channel.vendor)
        return None if entry is None else Quote(entry.price, ONE).bill(ended.usage, held.at).total_nano


def _place(target: Target) -> tuple[str, str]:
    """What a quote depends on: all keys of a channel ask the same."""
    return target.channel.id, target.model
