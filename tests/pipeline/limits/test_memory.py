"""The counters of one process: all or none, and nothing is kept that counts no more."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.limits.claims import Claim, Grant, Refusal
from pipeline.limits.memory import MemoryLimits
from tests.pipeline.limits.claiming import SECOND, Clock, claim


def taken(limits: MemoryLimits, *claims: Claim) -> Grant:
    answer = limits.take_now(claims)
    assert isinstance(answer, Grant)
    return answer


def refused(limits: MemoryLimits, *claims: Claim) -> Refusal:
    answer = limits.take_now(claims)
    assert isinstance(answer, Refusal)
    return answer


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from("ab"), st.integers(1, 9)), max_size=100))
def test_no_minute_has_more_than_its_limits_in_any_combination(steps: list[tuple[int, str, int]]) -> None:
    clock = Clock()
    limits = MemoryLimits(clock)
    admitted: list[tuple[int, str, int]] = []
    for pause, whose, tokens in steps:
        clock.sleep(pause)
        claims = [claim(4, whose=whose), claim(6, whose="all"), claim(20, tokens, word="tpm", whose=whose)]
        minute = [step for step in admitted if step[0] > clock.now - 60 * SECOND]
        own = [step for step in minute if step[1] == whose]
        fits = len(own) < 4 and len(minute) < 6 and sum(step[2] for step in own) + tokens <= 20
        answer = limits.take_now(claims)
        assert isinstance(answer, Grant) == fits
        if fits:
            admitted.append((clock.now, whose, tokens))


def test_all_are_taken_or_none() -> None:
    limits = MemoryLimits(Clock())
    slot, tokens = claim(2, word="concurrent"), claim(100, 60, word="tpm")
    taken(limits, slot, tokens)
    assert refused(limits, slot, tokens).claim is tokens
    assert limits.slots["token\x1ft1"] == 1
    taken(limits, slot)
    assert refused(limits, slot).claim is slot


def test_the_refusal_is_of_the_limit_that_takes_longest() -> None:
    clock = Clock()
    limits = MemoryLimits(clock)
    minute, day = claim(1), claim(1, word="rpd")
    taken(limits, minute, day)
    clock.sleep(20)
    answer = refused(limits, minute, day)
    assert (answer.claim, answer.wait) == (day, 86_400 - 20)
    assert (answer.meter.remaining, answer.meter.reset) == (0, 86_400 - 20)


def test_a_request_above_the_whole_limit_will_never_fit() -> None:
    answer = refused(MemoryLimits(Clock()), claim(100, 101, word="tpm"))
    assert answer.hopeless
    assert answer.meter.remaining == 100


def test_tokens_really_used_replace_those_reserved() -> None:
    clock = Clock()
    limits = MemoryLimits(clock)
    tokens = claim(100, 80, word="tpm")
    less = taken(limits, tokens)
    limits.give_back_now(less, 10)
    assert taken(limits, tokens).meters[0].remaining == 10
    more = taken(limits, claim(100, 5, word="tpm"))
    limits.give_back_now(more, 50)
    assert refused(limits, claim(100, 1, word="tpm")).meter.remaining == 0, "the excess counts, too"


def test_a_grant_is_given_back_once() -> None:
    limits = MemoryLimits(Clock())
    slot = claim(2, word="concurrent")
    first, _ = taken(limits, slot), taken(limits, slot)
    for _ in range(2):
        limits.give_back_now(first, None)
    assert limits.slots["token\x1ft1"] == 1


def test_a_meter_tells_what_is_left_and_when_some_is_free() -> None:
    clock = Clock()
    limits = MemoryLimits(clock)
    taken(limits, claim(5))
    clock.sleep(15)
    [meter] = taken(limits, claim(5)).meters
    assert (meter.remaining, meter.reset) == (3, 45)


def test_counters_that_count_nothing_are_dropped() -> None:
    clock = Clock()
    limits = MemoryLimits(clock)
    for number in range(1000):
        grant = taken(limits, claim(5, whose=str(number)), claim(5, whose=str(number), word="concurrent"))
        limits.give_back_now(grant, None)
    assert len(limits) == 1000
    clock.sleep(60)
    taken(limits, claim(5, whose="other"))
    assert len(limits) == 1


def test_those_who_are_refused_leave_nothing_behind() -> None:
    clock = Clock()
    limits = MemoryLimits(clock)
    taken(limits, claim(1, whose="shared"))
    for number in range(100):
        refused(limits, claim(1, whose="shared"), claim(5, whose=str(number)))
    clock.sleep(60)
    taken(limits, claim(1, whose="shared"))
    assert len(limits) == 1


def test_what_still_counts_can_be_told_to_another_store() -> None:
    clock = Clock()
    limits = MemoryLimits(clock)
    taken(limits, claim(5), claim(900, 7, word="tpd"))
    clock.sleep(61)
    taken(limits, claim(5))
    told = [(measure.word, age // SECOND, amount) for measure, _, age, amount in limits.cells()]
    assert told == [("rpm", 0, 1), ("tpd", 61, 7)]


def test_what_was_counted_since_a_cut_is_told_apart() -> None:
    clock = Clock()
    limits = MemoryLimits(clock)
    taken(limits, claim(5))
    clock.sleep(0.1)
    limits.cut()
    assert not list(limits.cells(since_cut=True))
    clock.sleep(0.1)
    for _ in range(3):
        taken(limits, claim(5))
    assert [amount for *_, amount in limits.cells(since_cut=True)] == [3]
    assert sum(amount for *_, amount in limits.cells()) == 4
    refused(limits, claim(4))
