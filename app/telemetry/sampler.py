"""Which requests are traced: decided once, before anything else is known about them."""

from dataclasses import dataclass

from app.telemetry.context import Parent

_BITS = 64


@dataclass(frozen=True, slots=True)
class Sampler:
    """`ratio` of the requests that come without a parent's decision, or of all of them if parents are not asked."""

    ratio: float = 1.0
    asks_parent: bool = True

    def takes(self, parent: Parent | None, trace_id: int) -> bool:
        """By the trace's id, as every OpenTelemetry SDK does: services with the same ratio keep the same traces."""
        if parent is not None and self.asks_parent:
            return parent.sampled
        return trace_id & ((1 << _BITS) - 1) < round(self.ratio * (1 << _BITS))
