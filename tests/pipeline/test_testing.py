"""The playbook itself: its page's example runs, and its story says what happened."""

import ast
import textwrap
from typing import Any

import pytest

from pipeline import testing
from pipeline.attempts import RetryPolicy
from pipeline.errors import Forbidden
from pipeline.flow import Flow, Outcome, Reply
from pipeline.stages.auth import Auth
from pipeline.testing import Playbook, a_caller, a_channel, broken, memory_ports, reply, silent, status, stream
from pipeline.usage import Usage
from tests.pipeline.recorder import BODY, EveryHook, stage


class MyStage:
    def __init__(self, config: Any) -> None: ...

    async def admit(self, flow: Flow) -> None: ...

    async def done(self, flow: Flow) -> None: ...


async def test_the_example_of_the_page_runs() -> None:
    assert testing.__doc__ is not None
    block = next(part for part in testing.__doc__.split("\n\n") if part.startswith("    "))
    code = compile(textwrap.dedent(block), "example", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    await eval(code, {**vars(testing), "MyStage": MyStage, "config": None, "Usage": Usage})


async def test_a_stream_s_story_tells_each_event_once_it_is_sent() -> None:
    play = Playbook.of([("a", EveryHook())])
    play.upstream(stream([{"n": 1}]))
    result = await play.request(BODY, stream=True)
    assert [event.data for event in result.events] == [b'{"n":1}', b"[DONE]"]
    assert play.story == [
        ">> request",
        "a.request",
        "a.admit",
        "a.target",
        "a.upstream_request",
        "<< upstream_request gpt-x at main/key",
        ">> upstream_response 200",
        "a.upstream_response",
        "a.response",
        "<< response 200",
        "a.chunk",
        '<< chunk {"n":1}',
        "a.chunk",
        "<< chunk [DONE]",
        "a.attempt_done",
        "-- completed",
        "a.done",
    ]


async def test_each_request_has_a_story_of_its_own_and_the_last_answer_stays() -> None:
    play = Playbook(policy=RetryPolicy(attempts=1))
    play.upstream(reply({"n": 1}), status(503))
    assert [(await play.request(BODY)).status for _ in range(3)] == [200, 503, 503]
    assert play.story.count(">> request") == 1
    assert len(play.sent) == 1


async def test_what_was_sent_is_known_after_every_edit() -> None:
    async def edit(flow: Flow, attempt: Any) -> None:
        attempt.url += "?v=1"
        attempt.headers["x-a"] = "1"
        attempt.body.set("user", "u")

    play = Playbook(stage(upstream_request=edit), channels=[a_channel("eu")])
    await play.request(BODY)
    [sent] = play.sent
    assert (sent.url, sent.headers["x-a"]) == ("https://eu.example/v1/chat/completions?v=1", "1")
    assert sent.json() == {**BODY, "user": "u"}


async def test_the_caller_is_whoever_the_playbook_or_the_stages_say() -> None:
    ports = memory_ports({"sk-1": a_caller(username="bob")})
    play = Playbook.of([("auth", Auth(ports))], ports=ports)
    known = await play.request(BODY, headers={"Authorization": "Bearer sk-1"})
    assert known.flow.caller is not None
    assert known.flow.caller.username == "bob"
    assert (await play.request(BODY, headers={"Authorization": "Bearer sk-2"})).status == 401
    fixed = await Playbook(caller=a_caller(username="eve")).request(BODY)
    assert fixed.flow.caller is not None
    assert fixed.flow.caller.username == "eve"


@pytest.mark.parametrize("leaves_after", [0, 1, 2])
async def test_the_caller_leaves_after_so_many_events(leaves_after: int) -> None:
    play = Playbook()
    play.upstream(stream([{"n": 1}, {"n": 2}, {"n": 3}]))
    result = await play.request(BODY, stream=True, leaves_after=leaves_after)
    assert len(result.events) == leaves_after
    assert result.flow.outcome is Outcome.CALLER_LEFT
    assert result.status == (200 if leaves_after else None)
    assert play.story.count(">> caller leaves") == 1


async def test_leaving_closes_a_stream_unless_a_stage_wants_it_drained() -> None:
    async def drain(flow: Flow) -> None:
        flow.on_disconnect = "drain"

    usage = Usage(input=9, output=3)
    for stages, known in (((), None), ((stage(request=drain),), usage)):
        play = Playbook(*stages)
        play.upstream(stream([{"n": 1}, {"n": 2}, {"n": 3}], usage=usage))
        result = await play.request(BODY, stream=True, leaves_after=1)
        assert result.flow.usage == known
        assert [events.closed for events in play.streams] == [True]


async def test_a_unary_call_is_read_to_its_end_for_its_usage_though_nobody_waits() -> None:
    play = Playbook()
    play.upstream(reply({}, usage=Usage(input=1)))
    result = await play.request(BODY, leaves_after=0)
    assert (result.status, result.flow.usage) == (None, Usage(input=1))


async def test_a_stage_of_the_test_can_make_the_caller_leave() -> None:
    async def leave(flow: Flow) -> None:
        play.caller_leaves()
        await play.ports.callers.find("x")

    play = Playbook(stage(request=leave))
    assert (await play.request(BODY)).flow.outcome is Outcome.CALLER_LEFT


async def test_the_deadline_ends_a_silent_vendor_with_an_error() -> None:
    async def hurry(flow: Flow, attempt: Any) -> None:
        play.deadline_passes()

    play = Playbook(stage(upstream_request=hurry))
    play.upstream(silent())
    result = await play.request(BODY)
    assert (result.status, result.json()["error"]["code"]) == (504, "deadline_exceeded")
    assert "-- deadline" in play.story


async def test_a_local_operation_answers_without_a_vendor() -> None:
    async def models(flow: Flow) -> Reply:
        return Reply(200, {}, b"[]")

    play = Playbook(local={"models": models})
    result = await play.request(route=testing.Route("openai_chat", "models", billable=False, model_in="none"))
    assert (result.body, play.sent) == (b"[]", [])


async def test_start_and_stop_run_around_the_block() -> None:
    async def opened() -> None: ...

    async with Playbook.of([("a", stage(start=opened)), ("b", stage(start=opened, stop=opened))]) as play:
        assert play.hooks == ["a.start", "b.start"]
    assert play.hooks == ["a.start", "b.start", "b.stop"]


async def test_errors_are_plain_json_with_a_code() -> None:
    async def refuse(flow: Flow) -> None:
        raise Forbidden("no", code="no_way", retry_after=3)

    result = await Playbook(stage(request=refuse)).request(BODY)
    assert result.json() == {"error": {"code": "no_way", "message": "no", "request_id": "req_test"}}
    assert result.headers["retry-after"] == "3"


async def test_nobody_leaves_before_a_request_is_played() -> None:
    with pytest.raises(RuntimeError, match="no request"):
        Playbook().caller_leaves()


async def test_a_channel_of_another_vendor_or_format_is_not_served() -> None:
    channels = [a_channel("a", vendor="other"), a_channel("b", formats=("gemini",)), a_channel("c", formats=("openai_chat",))]
    result = await Playbook(channels=channels).request(BODY)
    assert [target.channel.name for target in result.flow.candidates] == ["c"]


async def test_no_answer_is_told_as_none() -> None:
    play = Playbook(policy=RetryPolicy(attempts=1))
    for answer, code in ((broken(), 502), (broken(timed_out=True), 504)):
        play.upstream(answer)
        assert (await play.request(BODY)).status == code
        assert ">> upstream_response none" in play.story
