"""What every store of limits must do: the same tests against the memory of one process and against Redis."""

import asyncio

import pytest

from pipeline.limits.allowance import Measure
from pipeline.limits.claims import Claim, Grant, Refusal
from pipeline.limits.memory import MemoryLimits
from pipeline.ports import Limits
from tests.app.stores.limits.conftest import MakeWorker
from tests.pipeline.limits.claiming import claim

SHORT = Measure("rpm", "requests", 0.3, "in no time")
SHORT_TOKENS = Measure("tpm", "tokens", 0.3, "in no time")


@pytest.fixture
def memory() -> Limits:
    return MemoryLimits()


@pytest.fixture
async def shared(make_worker: MakeWorker) -> Limits:
    worker = make_worker()
    await worker.start()
    assert worker.shared
    return worker


@pytest.fixture(params=["memory", "shared"])
def limits(request: pytest.FixtureRequest) -> Limits:
    made: Limits = request.getfixturevalue(request.param)
    return made


async def taken(limits: Limits, *claims: Claim) -> Grant:
    answer = await limits.take(claims)
    assert isinstance(answer, Grant)
    return answer


async def refused(limits: Limits, *claims: Claim) -> Refusal:
    answer = await limits.take(claims)
    assert isinstance(answer, Refusal)
    return answer


async def test_exactly_the_limit_is_admitted_of_many_at_once(limits: Limits) -> None:
    answers = await asyncio.gather(*[limits.take([claim(37)]) for _ in range(200)])
    assert sum(isinstance(answer, Grant) for answer in answers) == 37


async def test_after_the_wait_it_fits_again(limits: Limits) -> None:
    for _ in range(3):
        await taken(limits, claim(3, measure=SHORT))
    answer = await refused(limits, claim(3, measure=SHORT))
    assert 0 < answer.wait <= 0.31
    assert 0 < answer.meter.reset <= 0.31
    await asyncio.sleep(answer.wait + 0.01)
    await taken(limits, claim(3, measure=SHORT))


async def test_in_no_window_more_than_the_limit(limits: Limits) -> None:
    """Ever again, for several windows: what is admitted in one may not push another over."""
    loop = asyncio.get_running_loop()
    admitted: list[tuple[float, float]] = []
    end = loop.time() + 1.2
    while loop.time() < end:
        before = loop.time()
        answer = await limits.take([claim(20, measure=SHORT)])
        if isinstance(answer, Grant):
            admitted.append((before, loop.time()))
        await asyncio.sleep(0.004)
    assert len(admitted) >= 40
    for _, done in admitted:
        # Of those that were surely counted within one window after it.
        within = [each for each in admitted if each[0] >= done and each[1] < done + 0.3]
        assert len(within) <= 20


async def test_all_are_taken_or_none(limits: Limits) -> None:
    slot, tokens = claim(2, word="concurrent"), claim(100, 60, word="tpm")
    await taken(limits, slot, tokens)
    assert (await refused(limits, slot, tokens)).claim == tokens
    await taken(limits, slot)
    answer = await refused(limits, slot)
    assert (answer.claim, answer.meter.remaining) == (slot, 0)


async def test_the_refusal_is_of_the_limit_that_takes_longest(limits: Limits) -> None:
    both = claim(1), claim(1, word="rpd")
    await taken(limits, *both)
    answer = await refused(limits, *both)
    assert answer.claim == both[1]
    assert 86_000 < answer.wait <= 86_401


async def test_counters_of_others_are_not_touched(limits: Limits) -> None:
    await taken(limits, claim(1, whose="a"))
    await taken(limits, claim(1, whose="b"))
    await taken(limits, claim(1, whose="a", word="rpd"))
    await refused(limits, claim(1, whose="a"))


async def test_a_request_above_the_whole_limit_will_never_fit(limits: Limits) -> None:
    answer = await refused(limits, claim(100, 101, word="tpm"))
    assert answer.hopeless
    assert answer.meter.remaining == 100


async def test_a_slot_is_free_when_it_is_given_back_and_only_once(limits: Limits) -> None:
    slot = claim(2, word="concurrent")
    first = await taken(limits, slot)
    await taken(limits, slot)
    for _ in range(2):
        await limits.give_back(first, None)
    await taken(limits, slot)
    await refused(limits, slot)


async def test_tokens_really_used_replace_those_reserved(limits: Limits) -> None:
    tokens = claim(100, 80, word="tpm")
    await limits.give_back(await taken(limits, tokens), 10)
    assert (await taken(limits, tokens)).meters[0].remaining == 10
    await limits.give_back(await taken(limits, claim(100, 5, word="tpm")), 50)
    assert (await refused(limits, claim(100, 1, word="tpm"))).meter.remaining == 0


async def test_tokens_that_are_not_told_stay_reserved(limits: Limits) -> None:
    await limits.give_back(await taken(limits, claim(100, 80, word="tpm")), None)
    assert (await refused(limits, claim(100, 21, word="tpm"))).meter.remaining == 20


async def test_tokens_of_a_window_that_is_over_take_nothing_back(limits: Limits) -> None:
    old = await taken(limits, claim(100, 80, measure=SHORT_TOKENS))
    await asyncio.sleep(0.32)
    new = await taken(limits, claim(100, 80, measure=SHORT_TOKENS))
    await limits.give_back(old, 0)
    assert (await refused(limits, claim(100, 21, measure=SHORT_TOKENS))).meter.remaining == 20
    await limits.give_back(new, 0)


async def test_meters_tell_what_is_left(limits: Limits) -> None:
    await taken(limits, claim(5), claim(3, word="concurrent"))
    meters = (await taken(limits, claim(5), claim(3, word="concurrent"))).meters
    assert [meter.remaining for meter in meters] == [3, 1]
    assert 59 < meters[0].reset <= 60.1


async def test_who_is_cut_off_while_taking_keeps_nothing(limits: Limits) -> None:
    slot = claim(50, word="concurrent")
    for round_ in range(20):
        asking = [asyncio.ensure_future(limits.take([slot])) for _ in range(10)]
        await asyncio.sleep(0.0005 * (round_ % 4))
        for each in asking:
            each.cancel()
        for answer in await asyncio.gather(*asking, return_exceptions=True):
            if isinstance(answer, Grant):
                await limits.give_back(answer, None)
    async with asyncio.timeout(5):
        while True:
            answer = await limits.take([slot])
            if isinstance(answer, Grant) and answer.meters[0].remaining == 49:
                return
            if isinstance(answer, Grant):
                await limits.give_back(answer, None)
            await asyncio.sleep(0.01)


async def test_a_name_may_have_any_letters(limits: Limits) -> None:
    for whose in ("模型", "a b", "*", "{x}", "é" * 200):
        await taken(limits, claim(1, whose=whose))
        await refused(limits, claim(1, whose=whose))


async def test_large_numbers_are_counted_exactly(limits: Limits) -> None:
    most = 10**12
    await taken(limits, claim(most, most - 1, word="tpd"))
    await refused(limits, claim(most, 2, word="tpd"))
    await taken(limits, claim(most, 1, word="tpd"))
    await refused(limits, claim(most, 1, word="tpd"))
