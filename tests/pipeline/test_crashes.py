"""A stage that crashes: closed on the way, contained where others must still settle, and never a word to the caller."""

import asyncio

import pytest

from pipeline.compile import Pipeline
from pipeline.errors import Unavailable
from pipeline.flow import Event, Flow, Outcome
from pipeline.stage import HOOKS, SkipTarget
from pipeline.testing import Playbook, reply, status, stream
from tests.pipeline.recorder import BODY, CRASH_TEXT, EveryHook, crashing, raising, stage

CONTAINED = ("attempt_done", "error", "done")
CLOSED = tuple(name for name in HOOKS if name not in (*CONTAINED, "start", "stop", "inbound"))


@pytest.mark.parametrize("hook", CLOSED)
async def test_a_crash_fails_closed_and_its_text_stays_in_the_log(hook: str, caplog: pytest.LogCaptureFixture) -> None:
    result = await Playbook.of([("above", EveryHook()), ("faulty", crashing(hook))]).request(BODY)
    assert (result.status, result.json()["error"]["code"]) == (500, "stage_failed")
    assert CRASH_TEXT not in result.body.decode()
    assert "flow req_test: stage faulty crashed" in caplog.text
    assert CRASH_TEXT in caplog.text


@pytest.mark.parametrize("hook", ["request", "admit", "target", "upstream_request"])
async def test_nothing_goes_up_after_a_crash_on_the_way_down(hook: str) -> None:
    play = Playbook(crashing(hook))
    await play.request(BODY)
    assert play.sent == []


@pytest.mark.parametrize("hook", CONTAINED)
async def test_a_crash_while_settling_stops_no_other_stage(hook: str, caplog: pytest.LogCaptureFixture) -> None:
    play = Playbook.of([("above", EveryHook()), ("faulty", crashing(hook)), ("below", EveryHook())])
    play.upstream(stream([{}], cut=True))
    result = await play.request(BODY, stream=True)
    assert result.status == 200
    assert [line for line in play.hooks if line.endswith(f".{hook}")] == [f"below.{hook}", f"faulty.{hook}", f"above.{hook}"]
    assert "stage faulty crashed" in caplog.text
    assert CRASH_TEXT not in result.body.decode()


async def test_a_crash_in_error_leaves_the_first_error_as_the_answer() -> None:
    play = Playbook(crashing("error"))
    play.upstream(status(401))
    assert (await play.request(BODY)).status == 502


async def test_a_response_hook_that_crashes_over_an_error_changes_nothing_for_the_caller() -> None:
    async def refuse(flow: Flow) -> None:
        raise Unavailable("closed today")

    play = Playbook.of([("above", EveryHook()), ("faulty", crashing("response")), ("low", stage(request=refuse))])
    assert (await play.request(BODY)).status == 503
    assert "above.response" in play.hooks


@pytest.mark.parametrize("hook", ["request", "admit", "upstream_request", "upstream_response", "response", "chunk"])
async def test_skip_target_means_something_in_target_only(hook: str, caplog: pytest.LogCaptureFixture) -> None:
    result = await Playbook.of([("lost", raising(hook, SkipTarget()))]).request(BODY)
    assert result.status == 500
    assert "stage lost crashed" in caplog.text


@pytest.mark.parametrize("hook", ["request", "response", "chunk"])
async def test_a_stage_that_awaited_something_cancelled_has_crashed(hook: str, caplog: pytest.LogCaptureFixture) -> None:
    result = await Playbook.of([("faulty", raising(hook, asyncio.CancelledError()))]).request(BODY)
    assert result.status == 500
    assert "stage faulty crashed" in caplog.text


@pytest.mark.parametrize("hook", CONTAINED)
async def test_something_cancelled_is_contained_like_any_crash(hook: str) -> None:
    play = Playbook.of([("above", EveryHook()), ("faulty", raising(hook, asyncio.CancelledError()))])
    play.upstream(status(401))
    await play.request(BODY)
    assert f"above.{hook}" in play.hooks
    assert "above.done" in play.hooks


@pytest.mark.parametrize("returned", [b"bytes", "text", [b"data: 1\n\n"], 7, True])
async def test_a_chunk_hook_that_returns_no_event_has_crashed(returned: object, caplog: pytest.LogCaptureFixture) -> None:
    result = await Playbook.of([("odd", stage(chunk=lambda flow, event: returned))]).request(BODY)
    assert result.status == 500
    assert "stage odd crashed" in caplog.text


async def test_a_generator_that_crashes_half_way_is_named(caplog: pytest.LogCaptureFixture) -> None:
    def chunk(flow: Flow, event: Event) -> object:
        yield event
        raise RuntimeError(CRASH_TEXT)

    result = await Playbook.of([("faulty", stage(chunk=chunk))]).request(BODY)
    assert result.status == 500
    assert "stage faulty crashed" in caplog.text


async def test_a_stream_that_a_stage_breaks_ends_in_one_error_event(caplog: pytest.LogCaptureFixture) -> None:
    def chunk(flow: Flow, event: Event) -> Event:
        if event.raw == b'data: {"n":2}\n\n':
            raise RuntimeError(CRASH_TEXT)
        return event

    play = Playbook.of([("faulty", stage(chunk=chunk))])
    play.upstream(stream([{"n": 1}, {"n": 2}, {"n": 3}]))
    result = await play.request(BODY, stream=True)
    assert [event.json().get("n") or event.json()["error"]["code"] for event in result.events] == [1, "stage_failed"]
    assert (result.flow.outcome, result.flow.error is not None) == (Outcome.CUT, True)
    assert CRASH_TEXT not in result.body.decode()


async def test_a_crash_of_the_engine_s_own_is_answered_too(caplog: pytest.LogCaptureFixture) -> None:
    async def broken_local(flow: Flow) -> None:
        raise KeyError(CRASH_TEXT)

    play = Playbook(local={"chat": broken_local})  # type: ignore[dict-item]
    result = await play.request(BODY)
    assert (result.status, CRASH_TEXT in result.body.decode()) == (500, False)
    assert "stage runner crashed" in caplog.text


async def test_an_upstream_stream_that_fails_to_close_costs_nobody_the_settlement() -> None:
    async def sabotage(flow: Flow, attempt: object) -> None:
        async def aclose() -> None:
            raise OSError("gone")

        play.streams[-1].aclose = aclose  # type: ignore[method-assign]

    play = Playbook.of([("above", EveryHook()), ("saboteur", stage(upstream_response=sabotage))])
    play.upstream(stream([{}]))
    assert (await play.request(BODY, stream=True)).flow.outcome is Outcome.COMPLETED
    assert play.hooks[-2:] == ["above.attempt_done", "above.done"]


async def test_only_what_the_class_defines_is_a_hook() -> None:
    class Stateful(EveryHook):
        done = None  # type: ignore[assignment]

        def __init__(self) -> None:
            self.inbound = "a word"

    assert Pipeline([("s", Stateful())]).table["inbound"] == ()
    play = Playbook(Stateful())
    play.upstream(reply({}))
    assert (await play.request(BODY)).status == 200
    assert "Stateful.done" not in play.hooks
