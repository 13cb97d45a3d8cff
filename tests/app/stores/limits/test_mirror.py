"""What one worker knows: its share, its slots, and what it would tell a Redis that has forgotten."""

from collections import Counter

import pytest

from app.stores.limits.counters import Change
from app.stores.limits.mirror import SLOTS, Mirror
from pipeline.limits.claims import Grant, Refusal
from tests.pipeline.limits.claiming import Clock, claim

SUBJECT = "token\x1ft1"


@pytest.fixture
def mirror() -> Mirror:
    return Mirror(Clock())


def test_alone_it_admits_its_share_and_tells_the_whole_limit(mirror: Mirror) -> None:
    answers = [mirror.take_alone([claim(8)], workers=4) for _ in range(3)]
    assert [type(answer) for answer in answers] == [Grant, Grant, Refusal]
    assert isinstance(answers[0], Grant)
    assert answers[0].claims == (claim(8),)
    assert answers[0].meters[0].claim == claim(8)
    assert isinstance(answers[2], Refusal)
    assert answers[2].claim == claim(8)


def test_what_others_have_decided_counts_for_the_share(mirror: Mirror) -> None:
    for _ in range(2):
        mirror.count([claim(8)])
    assert isinstance(mirror.take_alone([claim(8)], workers=4), Refusal)


def test_only_a_request_above_the_whole_limit_is_hopeless(mirror: Mirror) -> None:
    mirror.count([claim(80, 40, word="tpm")])
    waits = mirror.take_alone([claim(80, 60, word="tpm")], workers=4)
    never = mirror.take_alone([claim(80, 81, word="tpm")], workers=4)
    assert isinstance(waits, Refusal)
    assert isinstance(never, Refusal)
    assert (waits.hopeless, never.hopeless) == (False, True)


def test_its_entries_are_the_slots_and_the_windows() -> None:
    clock = Clock()
    mirror = Mirror(clock)
    mirror.count([claim(5), claim(3, word="concurrent")])
    clock.sleep(10)
    mirror.cut()
    mirror.count([claim(5)])
    clock.sleep(5)
    everything = [(entry.measure.word, entry.amount, entry.age) for entry in mirror.entries(since_cut=False)]
    missed = [(entry.measure.word, entry.amount, entry.age) for entry in mirror.entries(since_cut=True)]
    assert everything == [("concurrent", 1, 0), ("rpm", 1, 15), ("rpm", 1, 5)]
    assert missed == [("concurrent", 1, 0), ("rpm", 1, 5)]


@pytest.mark.parametrize(("before", "moved"), [(2, []), (3, [-1]), (0, [2])])
def test_it_tells_how_slots_have_moved(mirror: Mirror, before: int, moved: list[int]) -> None:
    for _ in range(2):
        mirror.count([claim(3, word="concurrent")])
    assert mirror.moved_since(Counter({SUBJECT: before})) == [Change(SLOTS, SUBJECT, by) for by in moved]
