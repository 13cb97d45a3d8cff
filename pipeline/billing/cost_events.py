"""What a call cost, told to its caller."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from pipeline.pricing.bill import Bill


def usd(nano: int) -> str:
    """Nano-dollars as a decimal, exactly: `0.00015`."""
    text = f"{nano // 10**9}.{nano % 10**9:09d}".rstrip("0")
    return text.removesuffix(".")


class CostEvents:
    """A stream's batches, and after the last one a comment with the cost: `: cost_usd=0.00015`. Readers of server-sent events
    skip comments. https://html.spec.whatwg.org/multipage/server-sent-events.html"""

    def __init__(self, events: AsyncIterator[list[bytes]], bill: Callable[[], Bill | None]) -> None:
        self._events: Any = events
        self._bill: Callable[[], Bill | None] | None = bill

    def __aiter__(self) -> "CostEvents":
        return self

    async def __anext__(self) -> list[bytes]:
        try:
            batch: list[bytes] = await anext(self._events)
        except StopAsyncIteration:
            bill, self._bill = self._bill, None
            if bill is None or (told := bill()) is None:
                raise
            return [f": cost_usd={usd(told.total_nano)}\n\n".encode()]
        return batch

    async def aclose(self) -> None:
        if (close := getattr(self._events, "aclose", None)) is not None:
            await close()
