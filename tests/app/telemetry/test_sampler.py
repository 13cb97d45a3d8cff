"""Who is sampled."""

import random

import pytest

from app.telemetry.context import Parent
from app.telemetry.sampler import Sampler

YES, NO = Parent(1, 2, 1), Parent(1, 2, 0)


@pytest.mark.parametrize(
    ("sampler", "parent", "taken"),
    [
        (Sampler(0.0), YES, True),
        (Sampler(1.0), NO, False),
        (Sampler(0.0, asks_parent=False), YES, False),
        (Sampler(1.0, asks_parent=False), NO, True),
        (Sampler(0.0), None, False),
        (Sampler(1.0), None, True),
    ],
)
def test_the_parent_decides_if_it_is_asked(sampler: Sampler, parent: Parent | None, taken: bool) -> None:
    chance = random.Random(7)
    assert {sampler.takes(parent, chance.getrandbits(128)) for _ in range(100)} == {taken}


def test_a_ratio_is_kept_and_is_the_same_everywhere() -> None:
    chance = random.Random(7)
    ids = [chance.getrandbits(128) for _ in range(10_000)]
    taken = {trace_id for trace_id in ids if Sampler(0.25).takes(None, trace_id)}
    assert 2_300 < len(taken) < 2_700
    assert taken <= {trace_id for trace_id in ids if Sampler(0.5).takes(None, trace_id)}
