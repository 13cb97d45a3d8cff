"""The items of a stream one after the other: vendors may let them grow at the same time, readers take one at a time."""

from typing import Any

import msgspec

from providers.canonical import Event
from providers.formats.codec import Written
from providers.formats.openai_responses.growing_item import GrowingItem
from providers.formats.openai_responses.item_event import ItemEvent
from providers.formats.openai_responses.read_reply import read_output

_BEGUN = "response.output_item.added"
_DONE = "response.output_item.done"


class ItemsInOrder:
    """`called`: one of the caller's tools was called. What the methods return may be empty."""

    def __init__(self, sent: Written) -> None:
        self.called = False
        self._sent = sent
        self._waiting: list[GrowingItem] = []
        self._by_index: dict[Any, GrowingItem] = {}

    def feed(self, told: ItemEvent) -> list[Event]:
        if not isinstance(told.output_index, int):
            return []
        item = self._by_index.get(told.output_index)
        if item is None:
            item = self._by_index[told.output_index] = GrowingItem(self._sent)
            self._waiting.append(item)
        if told.type == _BEGUN:
            item.begin(told.item)
        elif told.type == _DONE:
            item.end(told.item)
        else:
            item.grow(told)
        return self._told()

    def finish(self, output: msgspec.Raw) -> list[Event]:
        """The answer is over: items without their end end now, and those that were not told of are in `output`."""
        for item in self._waiting:
            item.end(None)
        out = self._told()
        if not self._by_index:
            whole = GrowingItem(self._sent)
            whole.parts(read_output(output, self._sent))
            self._waiting.append(whole)
            out = self._told()
        return out

    def _told(self) -> list[Event]:
        out: list[Event] = []
        while self._waiting:
            first = self._waiting[0]
            out += first.told()
            self.called = self.called or first.calls
            if not first.ended:
                break
            self._waiting.pop(0)
        return out
