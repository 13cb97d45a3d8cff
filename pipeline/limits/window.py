"""A sliding window: how much was counted in the last so many seconds.

A log of every request would be exact and without bound; fixed buckets are bounded, but let twice the limit through around
their edge, or refuse a caller who keeps exactly to its limit. This is a log in cells: what is counted within a hundredth of
the window after a cell was begun shares it, and the whole cell is forgotten one window after the *last* of it. So no window
ever holds more than the limit; whoever sends less often than that hundredth is counted to the very moment; nothing is
counted for over 1 % longer than its window; and a counter has at most 102 cells, whatever its limit. Each cell is made once
and dropped once: the work per request does not grow.
"""

from collections import deque
from collections.abc import Iterator

GRAINS = 100


class Cell:
    """Times are in microseconds of the counter's clock. `amount` is 0 once it is out of the window."""

    __slots__ = ("amount", "last", "start")

    def __init__(self, start: int, amount: int) -> None:
        self.start = start
        self.last = start
        self.amount = amount


class Window:
    """`total` is what counts now, as of the latest `slide`: call that first."""

    __slots__ = ("_cells", "_grain", "_length", "total")

    def __init__(self, seconds: float) -> None:
        self._length = int(seconds * 1_000_000)
        self._grain = self._length // GRAINS
        self._cells: deque[Cell] = deque()
        self.total = 0

    def __iter__(self) -> Iterator[Cell]:
        return iter(self._cells)

    def slide(self, now: int) -> None:
        cells = self._cells
        while cells and cells[0].last + self._length <= now:
            gone = cells.popleft()
            self.total -= gone.amount
            gone.amount = 0

    def idle(self, now: int) -> bool:
        """Whether nothing in it can count any more."""
        return not self._cells or self._cells[-1].last + self._length <= now

    def add(self, amount: int, now: int, apart_from: int = 0) -> Cell:
        """It joins no cell that was begun before `apart_from`."""
        cell = self._cells[-1] if self._cells else None
        if cell is None or now - cell.start >= self._grain or cell.start < apart_from:
            cell = Cell(now, 0)
            self._cells.append(cell)
        cell.last = now
        cell.amount += amount
        self.total += amount
        return cell

    def take_back(self, cell: Cell, amount: int) -> None:
        """Of what was added to `cell`, as far as it still counts."""
        amount = min(amount, cell.amount)
        cell.amount -= amount
        self.total -= amount

    def wait(self, amount: int, limit: int, now: int) -> int:
        """Microseconds until `amount` more would fit; 0 for at once. It must not be above `limit`."""
        over = self.total + amount - limit
        for cell in self._cells:
            if over <= 0:
                break
            over -= cell.amount
            if over <= 0:
                return cell.last + self._length - now
        return 0

    def frees_in(self, now: int) -> int:
        """Microseconds until the oldest of it counts no more."""
        return self._cells[0].last + self._length - now if self._cells else 0
