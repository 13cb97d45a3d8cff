"""A window never holds more than it may, and hardly less."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.limits.window import GRAINS, Window
from tests.pipeline.limits.claiming import SECOND

LENGTH = 60
GRAIN = LENGTH * SECOND // GRAINS

moments = st.lists(
    st.tuples(st.one_of(st.integers(0, 5), st.integers(0, SECOND), st.integers(0, 90 * SECOND)), st.integers(1, 40)),
    max_size=200,
)


def counted(log: list[tuple[int, int]], now: int, length: int) -> int:
    """The plain model: everything within the last `length` microseconds."""
    return sum(amount for at, amount in log if now - length < at <= now)


@given(moments, st.integers(1, 100))
def test_no_window_holds_more_than_the_limit_and_no_refusal_is_over_one_percent_late(
    steps: list[tuple[int, int]], limit: int
) -> None:
    window, admitted, now = Window(LENGTH), [], 0
    for pause, amount in steps:
        now += pause
        window.slide(now)
        if window.total + amount <= limit:
            window.add(amount, now)
            admitted.append((now, amount))
            assert counted(admitted, now, LENGTH * SECOND) <= limit
        else:
            assert counted(admitted, now, LENGTH * SECOND + GRAIN) + amount > limit


@given(moments, st.integers(1, 60))
def test_after_the_wait_it_fits_and_not_before(steps: list[tuple[int, int]], limit: int) -> None:
    window, now = Window(LENGTH), 0
    for pause, amount in steps:
        now += pause
        window.slide(now)
        if amount > limit:
            continue
        wait = window.wait(amount, limit, now)
        assert (wait == 0) == (window.total + amount <= limit)
        if wait:
            window.slide(now + wait - 1)
            assert window.total + amount > limit
        now += wait
        window.slide(now)
        assert window.total + amount <= limit
        window.add(amount, now)


@given(moments)
def test_it_has_a_hundred_and_two_cells_at_most(steps: list[tuple[int, int]]) -> None:
    window, now = Window(LENGTH), 0
    for pause, amount in steps * 20:
        now += pause
        window.slide(now)
        window.add(amount, now)
        assert len(list(window)) <= GRAINS + 2
        assert window.total == sum(cell.amount for cell in window)


def test_twice_the_limit_never_gets_through_around_an_edge() -> None:
    window = Window(LENGTH)
    for second in (59.9, 60.1):
        now = int(second * SECOND)
        window.slide(now)
        while window.total < 10:
            window.add(1, now)
    assert [cell.amount for cell in window] == [10]


def test_who_keeps_exactly_to_the_limit_is_never_refused() -> None:
    window = Window(LENGTH)
    for second in range(600):
        window.slide(second * SECOND)
        assert window.total < 60
        window.add(1, second * SECOND)


def test_what_is_taken_back_is_free_at_once_unless_it_counts_no_more() -> None:
    window = Window(LENGTH)
    early = window.add(30, 0)
    late = window.add(50, 10 * SECOND)
    window.take_back(early, 10)
    assert window.total == 70
    window.slide(60 * SECOND)
    assert window.total == 50
    window.take_back(early, 20)
    assert window.total == 50
    window.take_back(late, 80)
    assert window.total == 0


def test_it_is_idle_when_nothing_in_it_counts() -> None:
    window = Window(LENGTH)
    assert window.idle(0)
    window.add(1, 0)
    assert not window.idle(60 * SECOND - 1)
    assert window.idle(60 * SECOND)


def test_the_oldest_tells_when_some_is_free() -> None:
    window = Window(LENGTH)
    assert window.frees_in(0) == 0
    window.add(1, 0)
    window.add(1, 10 * SECOND)
    assert window.frees_in(20 * SECOND) == 40 * SECOND
