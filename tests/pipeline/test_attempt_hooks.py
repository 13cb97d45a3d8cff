"""The hooks of one attempt: the caller's status and the verdict set apart, and `attempt_done` for all that began."""

import pytest

from pipeline.attempts import RetryPolicy
from pipeline.flow import Attempt, Flow
from pipeline.retry import Verdict
from pipeline.testing import Answer, Playbook, broken, reply, status, stream
from tests.pipeline.recorder import BODY, EveryHook, rejecting, stage
from tests.pipeline.test_attempts import TWO, skipping, tried


@pytest.mark.parametrize(
    ("answer", "vendor_said"), [(status(503), 503), (status(400), 400), (status(401), 401), (broken(), None)]
)
@pytest.mark.parametrize("verdict", [None, Verdict.NEXT, Verdict.FINAL])
async def test_what_the_caller_sees_and_what_is_tried_next_are_set_apart(
    answer: Answer, vendor_said: int | None, verdict: Verdict | None
) -> None:
    """`caller_status` changes no verdict, a verdict no status: a final 418 of the stage's making, whatever the vendor said."""

    async def response(flow: Flow, attempt: Attempt) -> None:
        seen.append(attempt.status)
        attempt.caller_status = 418
        attempt.verdict = verdict or attempt.verdict

    seen: list[int | None] = []
    play = Playbook(stage(upstream_response=response), channels=TWO, policy=RetryPolicy(attempts=2))
    play.upstream(answer)
    result = await play.request(BODY)
    stays = verdict is Verdict.FINAL or (verdict is None and vendor_said == 400)
    assert (result.status, tried(play)) == (418, ["a/key"] if stays else ["a/key", "b/key"])
    assert set(seen) == {vendor_said}


async def test_the_caller_s_status_may_differ_where_all_went_well() -> None:
    async def response(flow: Flow, attempt: Attempt) -> None:
        attempt.caller_status = 203

    for answer in (reply({}), stream([{}])):
        play = Playbook(stage(upstream_response=response))
        play.upstream(answer)
        assert (await play.request(BODY)).status == 203


async def test_a_stage_sees_the_default_verdict_before_it_sets_another() -> None:
    seen: list[Verdict | None] = []

    async def response(flow: Flow, attempt: Attempt) -> None:
        seen.append(attempt.verdict)

    play = Playbook(stage(upstream_response=response), channels=TWO)
    play.upstream(status(503), reply({}))
    await play.request(BODY)
    assert seen == [Verdict.NEXT, None]


@pytest.mark.parametrize(
    "answers", [[reply({})], [status(503), status(503), reply({})], [status(400)], [broken()], [stream([{}], cut=True)]]
)
async def test_each_attempt_is_done_once(answers: list[Answer]) -> None:
    done: list[int] = []

    async def attempt_done(flow: Flow, attempt: Attempt) -> None:
        done.append(attempt.number)
        assert attempt.ended is not None

    play = Playbook(EveryHook(), stage(attempt_done=attempt_done), channels=TWO)
    play.upstream(*answers)
    result = await play.request(BODY)
    assert done == [attempt.number for attempt in result.flow.attempts]
    assert done


@pytest.mark.parametrize("hook", ["target", "upstream_request", "upstream_response"])
async def test_what_target_took_is_released_whoever_refuses(hook: str) -> None:
    held: list[str] = []

    async def take(flow: Flow, attempt: Attempt) -> None:
        held.append(attempt.target.channel.name)

    async def give_back(flow: Flow, attempt: Attempt) -> None:
        held.remove(attempt.target.channel.name)

    slots = stage(target=take, attempt_done=give_back)
    for below in (rejecting(hook), skipping("a"), skipping("a", "b")):
        play = Playbook(slots, below, channels=TWO)
        await play.request(BODY)
        assert play.hooks.count("Made.target") > 0
        assert held == []


async def test_a_request_that_cannot_be_prepared_is_a_500_that_ends_its_attempt() -> None:
    def prepare(flow: Flow, attempt: Attempt) -> None:
        raise ValueError("canary")

    play = Playbook.of([("a", EveryHook())])
    play._vendor.prepare = prepare  # type: ignore[method-assign]
    result = await play.request(BODY)
    assert (result.status, b"canary" in result.body) == (500, False)
    assert play.hooks.count("a.attempt_done") == 1
