"""Which hooks run, in which order and how often, however a flow goes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from pipeline.attempts import RetryPolicy
from pipeline.compile import Pipeline
from pipeline.flow import Flow, Outcome, Reply
from pipeline.runner import Runner
from pipeline.stage import SkipTarget
from pipeline.testing import Answer, Playbook, broken, reply, status, stream
from tests.pipeline.recorder import BODY, EveryHook, crashing, raising, rejecting, stage

OK = reply({"id": "1"})
TRIED = "request admit target upstream_request"
ANSWERED = f"{TRIED} upstream_response"


async def answer_here(flow: Flow) -> None:
    flow.reply = Reply(200, {}, b"{}")


async def stream_here(flow: Flow) -> None:
    async def events() -> AsyncIterator[list[bytes]]:
        yield [b"data: 1\n\n", b"data: 2\n\n"]

    flow.reply = Reply(200, {"content-type": "text/event-stream"}, events=events())


# What happens: the stage below that makes it happen, the vendor's answers, and the hooks of the stage above, in order.
WAYS: dict[str, tuple[Any, list[Answer], str]] = {
    "answered": (EveryHook(), [OK], f"{ANSWERED} response chunk attempt_done done"),
    "rejected in request": (rejecting("request"), [OK], "request error response done"),
    "rejected in admit": (rejecting("admit"), [OK], "request admit error response done"),
    "rejected in target": (rejecting("target"), [OK], "request admit target attempt_done error response done"),
    "rejected in upstream_request": (rejecting("upstream_request"), [OK], f"{TRIED} attempt_done error response done"),
    "rejected in upstream_response": (rejecting("upstream_response"), [OK], f"{TRIED} attempt_done error response done"),
    "rejected in response": (rejecting("response"), [OK], f"{ANSWERED} error response attempt_done done"),
    "rejected in chunk": (rejecting("chunk"), [OK], f"{ANSWERED} response error attempt_done done"),
    "answered by a stage": (stage(request=answer_here), [OK], "request response chunk done"),
    "streamed by a stage": (stage(request=stream_here), [OK], "request response chunk chunk chunk done"),
    "refused by the vendor": (EveryHook(), [status(400)], f"{ANSWERED} attempt_done response chunk done"),
    "no vendor answers": (EveryHook(), [broken()], f"{ANSWERED} attempt_done error response done"),
    "the second try answers": (
        EveryHook(),
        [status(503), OK],
        f"{ANSWERED} attempt_done target upstream_request upstream_response response chunk attempt_done done",
    ),
    "every target is skipped": (
        raising("target", SkipTarget()),
        [OK],
        "request admit target attempt_done error response done",
    ),
    "a stream ends with its mark": (EveryHook(), [stream([{}])], f"{ANSWERED} response chunk chunk attempt_done done"),
    "a stream ends without a mark": (
        EveryHook(),
        [stream([{}], end=None)],
        f"{ANSWERED} response chunk chunk attempt_done done",
    ),
    "a stream is cut": (EveryHook(), [stream([{}], cut=True)], f"{ANSWERED} response chunk error attempt_done done"),
}


def hooks_of(play: Playbook, name: str) -> str:
    return " ".join(line.partition(".")[2] for line in play.hooks if line.startswith(f"{name}."))


@pytest.mark.parametrize("way", WAYS)
async def test_the_hooks_that_run(way: str) -> None:
    below, answers, expected = WAYS[way]
    play = Playbook.of([("above", EveryHook()), ("below", below)], policy=RetryPolicy(attempts=min(len(answers), 2)))
    play.upstream(*answers)
    await play.request(BODY)
    assert hooks_of(play, "above") == expected


@pytest.mark.parametrize("hook", ["request", "admit", "target", "upstream_request", "upstream_response", "response", "chunk"])
async def test_a_crash_runs_the_same_hooks_as_a_rejection(hook: str) -> None:
    play = Playbook.of([("above", EveryHook()), ("below", crashing(hook))])
    result = await play.request(BODY)
    assert hooks_of(play, "above") == WAYS[f"rejected in {hook}"][2]
    assert (result.status, result.flow.outcome) == (500, Outcome.FAILED)


async def test_down_hooks_run_in_the_list_s_order_and_up_hooks_from_the_bottom() -> None:
    play = Playbook.of([("a", EveryHook()), ("b", EveryHook())])
    await play.request(BODY)
    assert play.hooks == [
        "a.request", "b.request",
        "a.admit", "b.admit",
        "a.target", "b.target",
        "a.upstream_request", "b.upstream_request",
        "b.upstream_response", "a.upstream_response",
        "b.response", "a.response",
        "b.chunk", "a.chunk",
        "b.attempt_done", "a.attempt_done",
        "b.done", "a.done",
    ]  # fmt: skip


async def test_edits_on_the_way_back_nest() -> None:
    def wrapping(name: str) -> Any:
        async def response(flow: Flow, reply: Reply) -> None:
            reply.headers["x-by"] = f"{name}({reply.headers.get('x-by', '')})"

        return stage(response=response)

    result = await Playbook(wrapping("outer"), wrapping("inner")).request(BODY)
    assert result.headers["x-by"] == "outer(inner())"


async def test_a_stage_s_reply_keeps_the_stages_below_from_running_down_but_not_up() -> None:
    play = Playbook.of([("here", stage(request=answer_here)), ("below", EveryHook())])
    await play.request(BODY)
    assert hooks_of(play, "below") == "response chunk done"
    assert play.sent == []


async def test_a_rejection_is_the_caller_s_answer_and_nothing_goes_up() -> None:
    play = Playbook(rejecting("request"))
    result = await play.request(BODY)
    assert (result.status, result.json()["error"]["code"]) == (403, "not_today")
    assert (result.flow.outcome, play.sent) == (Outcome.REJECTED, [])


async def test_an_unknown_model_is_told_before_anything_is_reserved() -> None:
    play = Playbook.of([("above", EveryHook())], channels=[])
    result = await play.request(BODY)
    assert (result.status, result.json()["error"]["code"]) == (404, "model_not_found")
    assert hooks_of(play, "above") == "request error response done"


async def test_error_may_replace_what_the_caller_is_told() -> None:
    async def soften(flow: Flow) -> None:
        assert flow.error is not None
        flow.error = type(flow.error)("please come back tomorrow", code="softened")

    result = await Playbook(stage(error=soften), rejecting("request")).request(BODY)
    assert result.json()["error"]["message"] == "please come back tomorrow"


async def test_an_error_that_a_stage_takes_away_is_still_told() -> None:
    async def hide(flow: Flow) -> None:
        flow.error = None

    result = await Playbook(stage(error=hide), rejecting("request")).request(BODY)
    assert result.json()["error"]["code"] == "not_today"


@pytest.mark.parametrize("code", [400, 422])
async def test_an_upstream_error_status_is_no_error(code: int) -> None:
    play = Playbook(stage(error=answer_here))
    play.upstream(status(code, {"error": "too odd"}))
    result = await play.request(BODY)
    assert (result.status, result.json(), play.hooks) == (code, {"error": "too odd"}, [])
    assert result.flow.outcome is Outcome.FAILED


async def test_a_flow_that_never_ran_here_is_still_done() -> None:
    play = Playbook.of([("a", EveryHook())])
    flow = (await play.request(BODY)).flow
    unborn = Flow("req_2", flow.request, flow.route)
    play.story.clear()
    await play.runner.settle(unborn)
    assert play.hooks == ["a.done"]
    assert unborn.outcome is Outcome.CALLER_LEFT


@pytest.mark.parametrize(("hook", "settles"), [("done", True), ("attempt_done", True), ("response", False)])
async def test_only_a_pipeline_that_minds_a_flow_s_end_settles(hook: str, settles: bool) -> None:
    runner = Runner(Pipeline([("a", stage(**{hook: answer_here}))]), None)  # type: ignore[arg-type]
    assert runner.settles is settles
