"""From targets to one answer: what is tried next, how long is waited, what the caller is told in the end."""

import random
from typing import Any

import pytest

from pipeline.attempts import RetryPolicy
from pipeline.catalog import ChannelKey, Group
from pipeline.errors import GatewayError
from pipeline.flow import Attempt, Flow
from pipeline.patterns import Patterns
from pipeline.retry import Blame, Verdict
from pipeline.stage import SkipTarget
from pipeline.testing import Answer, Playbook, a_caller, a_channel, broken, reply, status
from tests.pipeline.recorder import BODY, stage

TWO = [a_channel("a", priority=1), a_channel("b")]


def tried(play: Playbook) -> list[str]:
    """`channel/key` of each attempt."""
    return [line.rpartition(" ")[2] for line in play.story if line.startswith("<< upstream_request")]


def skipping(*channels: str) -> Any:
    async def target(flow: Flow, attempt: Attempt) -> None:
        if attempt.target.channel.name in channels:
            raise SkipTarget

    return stage(target=target)


FAILOVERS: dict[str, tuple[list[Answer], int, str]] = {
    "the first answers": ([reply({})], 200, "a"),
    "no connection": ([broken(), reply({})], 200, "a b"),
    "no answer in time": ([broken(timed_out=True), reply({})], 200, "a b"),
    "408": ([status(408), reply({})], 200, "a b"),
    "429": ([status(429), reply({})], 200, "a b"),
    "500": ([status(500), reply({})], 200, "a b"),
    "529": ([status(529), reply({})], 200, "a b"),
    "401 of our account": ([status(401), reply({})], 200, "a b"),
    "404": ([status(404), reply({})], 200, "a b"),
    "400 is final": ([status(400)], 400, "a"),
    "403 is final": ([status(403)], 403, "a"),
    "413 is final": ([status(413)], 413, "a"),
    "422 is final": ([status(422)], 422, "a"),
    "404 everywhere": ([status(404)], 404, "a b"),
    "401 everywhere": ([status(401)], 502, "a b"),
    "same once": ([status(400, verdict=Verdict.SAME_ONCE), reply({})], 200, "a a"),
    "same once only once": ([status(400, verdict=Verdict.SAME_ONCE)], 400, "a a b b"),
    "a stale connection": ([broken(unsent=True), reply({})], 200, "a a"),
    "a stale connection twice": ([broken(unsent=True), broken(unsent=True), reply({})], 200, "a a b"),
    "unfit, with no other model": ([status(400, verdict=Verdict.FALLBACK)], 400, "a"),
    "same once after another failure": ([status(503), status(400, verdict=Verdict.SAME_ONCE), reply({})], 200, "a b b"),
}


@pytest.mark.parametrize("case", FAILOVERS)
async def test_what_is_tried_and_what_the_caller_gets(case: str) -> None:
    answers, expected, targets = FAILOVERS[case]
    play = Playbook(channels=TWO)
    play.upstream(*answers)
    result = await play.request(BODY)
    assert (result.status, " ".join(name.partition("/")[0] for name in tried(play))) == (expected, targets)
    assert play.waits == []


@pytest.mark.parametrize("answer", [status(422, {"detail": [1, 2]}), status(400, {"error": "x"}), status(429, {"e": 1})])
async def test_a_vendor_s_refusal_reaches_the_caller_in_the_vendor_s_own_words(answer: Answer) -> None:
    play = Playbook(policy=RetryPolicy(attempts=1))
    play.upstream(answer)
    result = await play.request(BODY)
    assert (result.status, result.body) == (answer.status, answer.body)


async def test_our_account_s_failure_is_never_the_caller_s_401() -> None:
    play = Playbook(policy=RetryPolicy(attempts=1))
    play.upstream(status(401, {"error": "sk-vendor is wrong"}))
    result = await play.request(BODY)
    assert (result.status, b"sk-vendor" in result.body) == (502, False)


# What the sole target does, and how long is waited before each try after the first.
SOLE: dict[str, tuple[list[Answer], list[float], int]] = {
    "doubling": ([status(503)], [1, 2, 4], 503),
    "passing": ([status(503), status(503), reply({})], [1, 2], 200),
    "Retry-After": ([status(429, retry_after=7), reply({})], [7], 200),
    "Retry-After as long as allowed": ([status(429, retry_after=20), reply({})], [20], 200),
    "Retry-After too long": ([status(429, retry_after=21), reply({})], [], 429),
    "Retry-After of zero": ([status(429, retry_after=0), reply({})], [1], 200),
    "no connection": ([broken(), reply({})], [1], 200),
    "never the same again": ([status(404)], [], 404),
    "our account": ([status(402)], [], 502),
}


@pytest.mark.parametrize("case", SOLE)
async def test_the_sole_target_is_tried_again_after_a_wait(case: str) -> None:
    answers, waits, expected = SOLE[case]
    play = Playbook()
    play.upstream(*answers)
    result = await play.request(BODY)
    assert (play.waits, result.status) == (waits, expected)
    assert len(play.sent) == len(waits) + 1


async def test_waits_are_jittered_by_a_fifth() -> None:
    play = Playbook(chance=random.Random(1))
    play.upstream(status(503))
    await play.request(BODY)
    assert play.waits != [1, 2, 4]
    assert all(0.8 * plain <= wait <= 1.2 * plain for wait, plain in zip(play.waits, [1, 2, 4], strict=True))


async def test_a_retry_after_counts_for_the_target_that_sent_it() -> None:
    play = Playbook(channels=TWO, policy=RetryPolicy(attempts=3))
    play.upstream(status(429, retry_after=9), status(503), reply({}))
    await play.request(BODY)
    assert (tried(play), play.waits) == (["a/key", "b/key", "a/key"], [9])


async def test_there_are_as_many_attempts_as_the_policy_allows() -> None:
    play = Playbook(policy=RetryPolicy(attempts=2))
    play.upstream(status(503))
    await play.request(BODY)
    assert len(play.sent) == 2


async def test_a_skipped_target_is_no_attempt_and_no_failure() -> None:
    play = Playbook(skipping("a"), channels=TWO)
    result = await play.request(BODY)
    assert (tried(play), [attempt.number for attempt in result.flow.attempts]) == (["b/key"], [1])
    assert play.waits == []


async def test_a_skip_leaves_the_tier_s_two_failures_alone() -> None:
    channels = [a_channel("a", priority=1), a_channel("b", priority=1), a_channel("c", priority=1), a_channel("d")]
    play = Playbook(skipping("a"), channels=channels)
    play.upstream(status(503), status(503), reply({}))
    await play.request(BODY)
    assert sorted(tried(play)[:2]) == ["b/key", "c/key"]
    assert tried(play)[2] == "d/key"


async def test_with_every_target_skipped_the_caller_may_come_back() -> None:
    play = Playbook(skipping("a", "b"), channels=TWO)
    result = await play.request(BODY)
    assert (result.status, result.json()["error"]["code"]) == (503, "no_available_channel")
    assert int(result.headers["retry-after"]) > 0


async def test_after_a_skip_the_failed_target_is_tried_again() -> None:
    play = Playbook(skipping("b"), channels=TWO)
    play.upstream(status(503), reply({}))
    assert (await play.request(BODY)).status == 200
    assert (tried(play), play.waits) == (["a/key", "a/key"], [1])


async def test_a_tier_is_left_after_two_failures() -> None:
    play = Playbook(channels=[a_channel("a", priority=9, keys=("1", "2", "3")), a_channel("b")])
    play.upstream(status(503), status(503), reply({}))
    await play.request(BODY)
    assert [name[0] for name in tried(play)] == ["a", "a", "b"]


async def test_a_fault_of_the_channel_speaks_against_all_its_keys() -> None:
    channels = [a_channel("a", priority=9, keys=("1", "2")), a_channel("b")]
    for answer, expected in ((broken(), "ab"), (status(503, blame=Blame.CHANNEL), "ab"), (status(503), "aab")):
        play = Playbook(channels=channels)
        play.upstream(*[answer] * (len(expected) - 1), reply({}))
        await play.request(BODY)
        assert "".join(name[0] for name in tried(play)) == expected


# Where the caller's key may go, and where the flow went when `a` failed.
GROUPS: dict[str, tuple[dict[str, Any], str]] = {
    "its group": ({"group": "one"}, "a"),
    "the auto groups, the first that serves": ({"group": "auto"}, "a"),
    "the next group too": ({"group": "auto", "cross_group_retry": True}, "a b"),
}


@pytest.mark.parametrize("case", GROUPS)
async def test_the_groups_that_may_serve(case: str) -> None:
    fields, targets = GROUPS[case]
    every = Patterns([])
    groups = [Group(name, every, auto=name != "three", usable_by=("*",)) for name in ("one", "two", "three")]
    channels = [a_channel("a", groups=("one",)), a_channel("b", groups=("two",), priority=9), a_channel("c", groups=("three",))]
    play = Playbook(caller=a_caller(**fields), channels=channels, groups=groups)
    result = await play.request(BODY)
    assert " ".join(target.channel.name for target in result.flow.candidates) == targets


async def test_a_pin_is_that_channel_or_a_clear_error() -> None:
    for channel, expected in (("b", 200), ("c", 503)):

        async def pin(flow: Flow, channel: str = channel) -> None:
            flow.pin = channel

        play = Playbook(stage(request=pin), channels=TWO)
        assert (await play.request(BODY)).status == expected
        assert tried(play) == (["b/key"] if expected == 200 else [])


async def test_the_candidates_are_known_at_admit_with_every_key() -> None:
    keys = ("1", ChannelKey("k2", "2", "s", enabled=False), "3")

    async def admit(flow: Flow) -> None:
        seen.extend(f"{target.channel.name}/{target.key.name}" for target in flow.candidates)

    seen: list[str] = []
    await Playbook(stage(admit=admit), channels=[a_channel("a", keys=keys), a_channel("b", enabled=False)]).request(BODY)
    assert seen == ["a/1", "a/3"]


async def test_a_failure_without_an_answer_becomes_an_error_of_its_own_code() -> None:
    for answer, code in ((broken(), "upstream_unreachable"), (broken(timed_out=True), "upstream_timeout")):
        play = Playbook(policy=RetryPolicy(attempts=1))
        play.upstream(answer)
        error = (await play.request(BODY)).flow.error
        assert isinstance(error, GatewayError)
        assert error.code == code


def falling(*fallbacks: str, **channels: tuple[str, ...]) -> Playbook:
    """Each channel serves the models given; the one asked for is `gpt-x`."""
    made = [a_channel(name, models=models, priority=-place) for place, (name, models) in enumerate(channels.items())]
    return Playbook(channels=made, policy=RetryPolicy(attempts=6, fallbacks={"gpt-x": fallbacks}))


def models_sent(play: Playbook) -> list[str]:
    return [line.split()[2] for line in play.story if line.startswith("<< upstream_request")]


UNFIT = status(400, {"error": "too long"}, verdict=Verdict.FALLBACK)


async def test_an_unfit_model_gives_way_to_the_next_of_its_fallbacks_and_to_no_other_channel_of_its_own() -> None:
    play = falling("long", "longest", a=("gpt-x",), b=("gpt-x",), c=("long",), d=("longest",))
    play.upstream(UNFIT, UNFIT, reply({}))
    result = await play.request(BODY)
    assert (result.status, tried(play), play.waits) == (200, ["a/key", "c/key", "d/key"], [])
    assert models_sent(play) == ["gpt-x", "long", "longest"]


async def test_a_fallback_has_targets_of_its_own_to_fail_over_to() -> None:
    play = falling("long", a=("gpt-x",), c=("long",), d=("long",))
    play.upstream(UNFIT, status(503), reply({}))
    assert (await play.request(BODY)).status == 200
    assert tried(play) == ["a/key", "c/key", "d/key"]


async def test_when_every_fallback_is_unfit_the_last_vendor_s_words_reach_the_caller() -> None:
    play = falling("long", a=("gpt-x",), c=("long",))
    play.upstream(UNFIT)
    result = await play.request(BODY)
    assert (result.status, result.json(), tried(play)) == (400, {"error": "too long"}, ["a/key", "c/key"])


async def test_a_fallback_that_nobody_serves_or_the_caller_may_not_use_is_passed_over() -> None:
    caller = a_caller(models=Patterns(["gpt-x", "longest"]))
    channels = [a_channel("a", models=["gpt-x"]), a_channel("c", models=["long", "longest"])]
    policy = RetryPolicy(fallbacks={"gpt-x": ("unserved", "long", "longest")})
    play = Playbook(caller=caller, channels=channels, policy=policy)
    play.upstream(UNFIT, reply({}))
    await play.request(BODY)
    assert models_sent(play) == ["gpt-x", "longest"]


async def test_the_fallbacks_are_among_the_candidates_that_admit_sees() -> None:
    seen: list[str] = []

    async def admit(flow: Flow) -> None:
        seen.extend(target.model for target in flow.candidates)

    channels = [a_channel("a", models=["gpt-x"]), a_channel("c", models=["long"])]
    play = Playbook(stage(admit=admit), channels=channels, policy=RetryPolicy(fallbacks={"gpt-x": ("long",)}))
    play.upstream(reply({}))
    await play.request(BODY)
    assert seen == ["gpt-x", "long"]


@pytest.mark.parametrize(("wish", "first"), [("b", "b/key"), ("a", "a/key"), ("nobody", "a/key")])
async def test_a_preferred_channel_is_asked_first_whatever_its_tier(wish: str, first: str) -> None:
    async def request(flow: Flow) -> None:
        flow.prefer = wish

    play = Playbook(stage(request=request), channels=TWO)
    play.upstream(status(503), reply({}))
    await play.request(BODY)
    assert (tried(play)[0], set(tried(play))) == (first, {"a/key", "b/key"})
