"""What a target asks for a call: its price, and what multiplies it for this caller."""

import datetime as dt
from fractions import Fraction
from typing import NamedTuple

from pipeline.caller import Caller
from pipeline.catalog import Catalog, Target
from pipeline.flow import Flow
from pipeline.pricing.bill import Bill, bill
from pipeline.pricing.price import Price
from pipeline.usage import Usage


class Quote(NamedTuple):
    """Made once for each place that could serve a flow."""

    price: Price
    ratio: Fraction

    def bill(self, usage: Usage, at: dt.datetime) -> Bill:
        return bill(self.price, usage, at=at, group_ratio=self.ratio)


def quote(catalog: Catalog, caller: Caller, flow: Flow, target: Target) -> Quote | None:
    """None where the model has no price there: it is refused. The price is that of the model which the caller asked for, or of
    the fallback that answers instead; a mapping to another name changes nothing."""
    price = catalog.price(billed_model(flow, target), target.group, target.channel)
    return None if price is None else Quote(price, catalog.ratio(caller.user_group, target.group))


def billed_model(flow: Flow, target: Target) -> str:
    return flow.asked_model if target.model == flow.model else target.model
