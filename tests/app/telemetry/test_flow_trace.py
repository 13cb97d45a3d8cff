"""What a flow notes, on the real engine with a vendor that follows a script."""

import asyncio
import time
from typing import Any

import pytest

from app.telemetry import flow_trace
from app.telemetry.context import Parent
from app.telemetry.flow_trace import FlowTrace, Note
from pipeline.errors import Forbidden
from pipeline.flow import Attempt, Flow
from pipeline.stage import SkipTarget
from pipeline.testing import Playbook, a_channel, reply, status, stream
from tests.pipeline.recorder import BODY, CRASH_TEXT, crashing, rejecting, stage


class Traced:
    """The first stage of a test's pipeline: it begins the trace that the gateway begins elsewhere."""

    def __init__(self, parent: Parent | None = None, *, content: bool = False) -> None:
        self.ended: list[Flow] = []
        self.trace = FlowTrace(parent, 0xABC, lambda _, flow: self.ended.append(flow), content=content)

    async def request(self, flow: Flow) -> None:
        flow.trace = self.trace

    @property
    def calls(self) -> list[tuple[str, str, str | None]]:
        return [(call.stage, call.hook, call.problem) for call in self.trace.calls]


def notes(traced: Traced) -> list[str]:
    return [note.what for note in traced.trace.notes]


async def test_quick_hooks_leave_their_time_and_no_call() -> None:
    traced = Traced()

    async def admit(flow: Flow) -> None: ...

    await Playbook(traced, ("quick", stage(admit=admit))).request(BODY)
    assert traced.calls == []
    assert 0 < traced.trace.seconds["quick"] < 0.01
    assert len(traced.ended) == 1


async def test_a_slow_hook_and_one_that_waits_are_calls() -> None:
    traced = Traced()

    async def admit(flow: Flow) -> None:
        time.sleep(0.002)  # noqa: ASYNC251  # a stage that computes for long

    async def target(flow: Flow, attempt: Attempt) -> None:
        await asyncio.sleep(0.0006)

    async def upstream_request(flow: Flow, attempt: Attempt) -> None:
        await asyncio.sleep(0)

    await Playbook(traced, ("slow", stage(admit=admit, target=target, upstream_request=upstream_request))).request(BODY)
    assert traced.calls == [("slow", "admit", None), ("slow", "target", None)]
    assert [call.attempt is None for call in traced.trace.calls] == [True, False]


@pytest.mark.parametrize("hook", ["admit", "target", "upstream_request", "response", "done", "attempt_done"])
async def test_a_crash_is_a_call_and_a_note_without_its_text(hook: str) -> None:
    traced = Traced()
    await Playbook(traced, ("broken", crashing(hook))).request(BODY)
    assert ("broken", "raises", "RuntimeError") in traced.calls
    (note,) = [note for note in traced.trace.notes if note.what == "stage crashed"]
    assert note.facts == {"stage": "broken", "exception": "RuntimeError"}
    assert CRASH_TEXT not in repr(traced.trace.calls) + repr(traced.trace.notes)


async def test_a_refusal_names_its_stage() -> None:
    traced = Traced()
    await Playbook(traced, ("doorkeeper", rejecting("admit"))).request(BODY)
    assert traced.trace.refused_by == "doorkeeper"
    assert "stage crashed" not in notes(traced)


async def test_a_skip_and_a_wait_are_notes() -> None:
    traced = Traced()

    async def target(flow: Flow, attempt: Attempt) -> None:
        if attempt.target.channel.name == "full":
            raise SkipTarget

    play = Playbook(traced, ("limits", stage(target=target)), channels=[a_channel("full", priority=1), a_channel("main")])
    play.upstream(status(503), reply({}))
    await play.request(BODY)
    assert [(note.what, note.facts) for note in traced.trace.notes if note.what != "body read"] == [
        ("target skipped", {"stage": "limits", "channel": "full", "key": "key"}),
        ("waiting", {"seconds": 1.0, "channel": "main", "key": "key"}),
    ]


async def test_each_attempt_tells_the_vendor_its_own_span() -> None:
    traced = Traced(Parent(0xABC, 1, 3, "a=1"))
    play = Playbook(traced, channels=[a_channel("one"), a_channel("two")])
    play.upstream(status(500), reply({}))
    result = await play.request(BODY)
    expected = [f"00-{0xABC:032x}-{traced.trace.span_id_of(attempt):016x}-03" for attempt in result.flow.attempts]
    assert [sent.headers["traceparent"] for sent in play.sent] == expected
    assert [sent.headers["tracestate"] for sent in play.sent] == ["a=1", "a=1"]
    assert len(set(expected)) == 2


async def test_a_new_trace_passes_no_state_on() -> None:
    traced = Traced()
    attempt: Any = type("A", (), {"number": 1, "headers": {"tracestate": "caller=1"}})()
    traced.trace.prepared(attempt)
    assert set(attempt.headers) == {"traceparent"}


async def test_hooks_of_chunks_are_timed_and_only_so_many_become_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_trace, "MOST", 3)
    traced = Traced()

    async def chunk(flow: Flow, event: Any) -> Any:
        await asyncio.sleep(0.001)
        return event

    play = Playbook(traced, ("slow", stage(chunk=chunk)))
    play.upstream(stream([{"n": number} for number in range(20)]))
    result = await play.request(BODY, stream=True)
    assert len(result.events) == 21
    assert len(traced.calls) == 3
    for number in range(5):
        traced.trace.note(str(number))
    assert len(traced.trace.notes) == 3


@pytest.mark.parametrize(("content", "kept"), [(True, b'data: {"n":1}\n\ndata: [DONE]\n\n'), (False, b"")])
async def test_content_is_kept_only_if_wanted(content: bool, kept: bytes) -> None:
    traced = Traced(content=content)
    play = Playbook(traced)
    play.upstream(stream([{"n": 1}]))
    await play.request(BODY, stream=True)
    assert bytes(traced.trace.sent) == kept


async def test_a_fault_of_the_export_harms_nobody(caplog: pytest.LogCaptureFixture) -> None:
    def broken(trace: FlowTrace, flow: Flow) -> None:
        raise ValueError("no trace today")

    traced = Traced()
    traced.trace = FlowTrace(None, 1, broken, content=False)
    assert (await Playbook(traced).request(BODY)).status == 200
    assert "no trace could be made" in caplog.text


async def test_what_a_hook_returns_and_raises_passes_through() -> None:
    trace = Traced().trace
    assert await trace.call("s", lambda value: value + 1, 1) == 2
    with pytest.raises(Forbidden):
        await trace.call("s", rejecting("request").request, None)


async def test_a_stage_may_note_what_it_wants_shown() -> None:
    traced = Traced()

    async def admit(flow: Flow) -> None:
        assert flow.trace is not None
        flow.trace.note("parameter dropped", stage="mine")

    await Playbook(traced, stage(admit=admit)).request(BODY)
    assert isinstance(traced.trace.notes[-1], Note)
    assert notes(traced)[-1] == "parameter dropped"
