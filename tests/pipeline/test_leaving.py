"""The caller leaves, or the time runs out, at every moment there is: each flow is settled, once, and nothing stays open."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from pipeline.flow import Flow, Outcome, Reply
from pipeline.testing import Playbook, broken, reply, silent, status, stream
from tests.pipeline.recorder import BODY, EveryHook, stage


def leaving_in(hook: str, play: Callable[[], Playbook], seen: list[str]) -> Any:
    """A stage during whose hook the caller leaves, and which needs a moment longer."""

    async def leave(*_: Any) -> None:
        play().caller_leaves()
        for _ in range(3):
            await asyncio.sleep(0)
        seen.append(hook)

    return stage(**{hook: leave})


BEFORE_THE_CALL = ["request", "admit", "target"]
DURING_A_UNARY_CALL = ["upstream_request", "upstream_response", "response"]


@pytest.mark.parametrize("hook", BEFORE_THE_CALL)
async def test_before_the_call_the_flow_stops_where_it_waits(hook: str) -> None:
    finished: list[str] = []
    play = Playbook.of([("above", EveryHook()), ("leaver", leaving_in(hook, lambda: play, finished)), ("below", EveryHook())])
    result = await play.request(BODY)
    assert (result.status, result.flow.outcome) == (None, Outcome.CALLER_LEFT)
    assert (play.sent, finished, f"below.{hook}" in play.hooks) == ([], [], False)
    assert play.hooks[-2:] == ["below.done", "above.done"]


@pytest.mark.parametrize("hook", DURING_A_UNARY_CALL)
async def test_a_unary_call_that_has_begun_is_finished_and_settled_with_its_usage(hook: str) -> None:
    finished: list[str] = []
    play = Playbook.of([("above", EveryHook()), ("leaver", leaving_in(hook, lambda: play, finished))])
    result = await play.request(BODY)
    assert (result.status, result.flow.outcome) == (None, Outcome.CALLER_LEFT)
    assert finished == [hook]
    assert play.hooks[-2:] == ["above.attempt_done", "above.done"]


@pytest.mark.parametrize("hook", DURING_A_UNARY_CALL)
async def test_a_stream_stops_at_once_and_its_upstream_is_closed(hook: str) -> None:
    finished: list[str] = []
    play = Playbook.of([("above", EveryHook()), ("leaver", leaving_in(hook, lambda: play, finished))])
    play.upstream(stream([{}]))
    result = await play.request(BODY, stream=True)
    assert (result.status, result.flow.outcome, finished) == (None, Outcome.CALLER_LEFT, [])
    assert play.hooks[-2:] == ["above.attempt_done", "above.done"]
    assert all(events.closed for events in play.streams)


@pytest.mark.parametrize("answers", [[silent()], [stream([{}])]])
async def test_attempt_done_and_done_run_when_the_caller_leaves_before_the_first_byte(answers: list[Any]) -> None:
    play = Playbook.of([("a", EveryHook())])
    play.upstream(*answers)
    result = await play.request(BODY, stream=True, leaves_after=0)
    assert (result.status, result.flow.outcome) == (None, Outcome.CALLER_LEFT)
    assert play.hooks[-2:] == ["a.attempt_done", "a.done"]
    assert play.hooks.count("a.attempt_done") == 1
    assert "a.upstream_response" not in play.hooks


async def test_leaving_in_the_middle_of_a_stream_closes_it_and_asks_no_more_chunks() -> None:
    play = Playbook.of([("a", EveryHook())])
    play.upstream(stream([1, 2, 3, 4]))
    result = await play.request(BODY, stream=True, leaves_after=2)
    assert (len(result.events), play.streams[0].read, play.streams[0].closed) == (2, 2, True)
    assert play.hooks[-4:] == ["a.chunk", "a.chunk", "a.attempt_done", "a.done"]


async def test_a_drained_stream_that_is_cut_is_still_settled() -> None:
    async def drain(flow: Flow) -> None:
        flow.on_disconnect = "drain"

    play = Playbook.of([("a", EveryHook()), ("drain", stage(request=drain))])
    play.upstream(stream([1, 2, 3], cut=True))
    result = await play.request(BODY, stream=True, leaves_after=1)
    assert (result.flow.outcome, play.hooks[-1]) == (Outcome.CALLER_LEFT, "a.done")


async def endless() -> AsyncIterator[list[bytes]]:
    while True:
        await asyncio.sleep(0)
        yield [b"data: 1\n\n"]


async def test_a_stage_s_own_stream_left_half_way_is_no_completed_one() -> None:
    async def request(flow: Flow) -> None:
        flow.reply = Reply(200, {}, events=endless())

    play = Playbook.of([("s", stage(request=request))])
    result = await play.request(BODY, stream=True, leaves_after=2)
    assert (len(result.events), result.flow.outcome) == (2, Outcome.CALLER_LEFT)


async def test_a_caller_who_left_gets_no_second_try() -> None:
    play = Playbook.of([("a", EveryHook())])
    play.upstream(status(503), reply({}))
    await play.request(BODY, leaves_after=0)
    assert len(play.sent) == 1


async def test_leaving_while_waiting_for_a_retry_ends_the_wait() -> None:
    async def leave_soon(flow: Flow, attempt: Any) -> None:
        play.caller_leaves()

    play = Playbook.of([("s", stage(attempt_done=leave_soon))])
    play.upstream(status(503), reply({}))
    result = await play.request(BODY)
    assert (len(play.sent), result.flow.outcome) == (1, Outcome.CALLER_LEFT)


async def test_leaving_during_attempt_done_cuts_no_stage_off() -> None:
    finished: list[str] = []
    play = Playbook.of([("above", EveryHook()), ("slow", leaving_in("attempt_done", lambda: play, finished))])
    play.upstream(status(503))
    await play.request(BODY)
    assert finished == ["attempt_done"]
    assert play.hooks[-2:] == ["above.attempt_done", "above.done"]


async def test_a_deadline_before_the_first_byte_is_a_504_and_ends_the_attempt() -> None:
    async def hurry(flow: Flow, attempt: Any) -> None:
        play.deadline_passes()

    play = Playbook.of([("a", EveryHook()), ("s", stage(upstream_request=hurry))])
    play.upstream(silent())
    result = await play.request(BODY)
    assert (result.status, result.flow.outcome) == (504, Outcome.FAILED)
    assert play.hooks[-4:] == ["a.attempt_done", "a.error", "a.response", "a.done"]


async def test_a_deadline_in_a_stream_is_an_error_event() -> None:
    async def hurry(flow: Flow, event: Any) -> Any:
        play.deadline_passes()
        return event

    play = Playbook.of([("a", EveryHook()), ("s", stage(chunk=hurry))])
    play.upstream(stream([{"n": 1}, {"n": 2}]))
    result = await play.request(BODY, stream=True)
    assert [event.json().get("n") for event in result.events] == [1, None]
    assert result.events[1].json()["error"]["code"] == "deadline_exceeded"
    assert (result.flow.outcome, play.streams[0].closed) == (Outcome.CUT, True)


@pytest.mark.parametrize("answer", [broken(), stream([{"n": 1}], cut=True)])
async def test_a_deadline_during_error_runs_it_no_second_time(answer: Any) -> None:
    async def hurry(flow: Flow) -> None:
        play.deadline_passes()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    play = Playbook.of([("a", EveryHook()), ("s", stage(error=hurry))])
    play.upstream(answer)
    result = await play.request(BODY, stream=True)
    assert play.hooks.count("s.error") == 1
    assert result.body.count(b'"error"') == 1
    assert b"deadline_exceeded" not in result.body


async def test_a_deadline_during_response_asks_no_stage_twice() -> None:
    async def hurry(flow: Flow, answer: Any) -> None:
        play.deadline_passes()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    play = Playbook.of([("above", EveryHook()), ("slow", stage(response=hurry)), ("below", EveryHook())])
    result = await play.request(BODY)
    assert result.status == 504
    assert [line for line in play.hooks if line.endswith(".response")] == ["below.response", "slow.response", "above.response"]


async def test_a_deadline_after_the_error_event_adds_no_second_one() -> None:
    play = Playbook()
    play.upstream(stream([{"n": 1}], cut=True))
    flow = (await play.request(BODY, stream=True)).flow
    assert flow.error is not None
    assert await play.runner.cut(flow, flow.error, play.errors) == b""
